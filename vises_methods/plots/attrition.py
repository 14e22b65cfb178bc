"""Who answered first, and who answered again."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes

from vises_methods.catalogue import text
from vises_methods.plots import style
from vises_methods.results import Result


def plot(result: Result, *, ax: Axes | None = None, lang: str) -> Axes:
    """Draw the share that left, by arm, with its interval."""
    rows = _rows(result)
    ax = style.axes(ax, height=style.rows_height(len(rows), per_row=0.42, least=1.7))
    if not rows:
        return style.note_on_axes(ax, text("plots.attrition.nothing", lang))
    lows, estimates, highs = ([row[name] for row in rows] for name in ("low", "estimate", "high"))
    ax.hlines(range(len(rows)), lows, highs, color=style.BLUE, linewidth=1.8)
    ax.scatter(estimates, range(len(rows)), color=style.BLUE, s=46, zorder=3)
    style.name_rows(ax, [f"{_arm(row, lang)} (n = {int(row['n'])})" for row in rows])
    ax.set_xlim(0, max(0.5, *(row["high"] for row in rows)) * 1.03)
    style.local_numbers(ax, lang, "x", ".0%")
    ax.grid(axis="x", color=style.LINE, linewidth=0.6)
    ax.set_xlabel(text("plots.attrition.axis", lang))
    return ax


def alt_text(result: Result, lang: str) -> str:
    """Tell the share that left in each arm."""
    shares = ", ".join(
        text("plots.attrition.arm", lang, arm=_arm(row, lang), share=row["estimate"]) for row in _rows(result)
    )
    return text("plots.attrition.alt", lang, shares=shares) if shares else text("plots.attrition.nothing", lang)


def _arm(row: dict[Any, Any], lang: str) -> str:
    return text(f"language.values.{row['subject']}", lang)


def _rows(result: Result) -> list[dict[Any, Any]]:
    rows = result.estimates.dropna(subset=["estimate"])
    arms = rows[(rows["measure"] == "dropout") & (rows["subject"] != "all")]
    return list(arms.to_dict("records"))
