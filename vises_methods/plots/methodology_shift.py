"""Two methodologies side by side: how far numbers move, and which conclusions change."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from vises_methods.catalogue import text
from vises_methods.plots import style
from vises_methods.results import Result

SHOWN = {"agreement": (-0.15, 1.03, ".1f"), "scores": (-3, 103, "")}


def plot(result: Result, *, ax: Axes | None = None, lang: str) -> Axes:
    """Draw agreement and scores under one methodology against the other; a changed conclusion is orange."""
    ax = style.axes(ax, height=4.2, width=8.6)
    ax.set_axis_off()
    for column, (kind, (low, high, spec)) in enumerate(SHOWN.items()):
        panel = style.axes(ax.inset_axes((0.07 + 0.52 * column, 0.14, 0.39, 0.76)))
        pairs = _both(result, kind)
        panel.plot([low, high], [low, high], color=style.LINE, linewidth=1)
        for changed, colour, marker in ((False, style.BLUE, "o"), (True, style.VERMILLION, "D")):
            some = pairs[pairs["changed"] == changed]
            panel.scatter(some["estimate_first"], some["estimate_second"], s=20, color=colour, marker=marker, alpha=0.7)
        panel.set_xlim(low, high)
        panel.set_ylim(low, high)
        for axis in ("x", "y"):
            style.local_numbers(panel, lang, axis, spec)
        panel.set_title(text(f"words.kinds.{kind}", lang), loc="left", fontsize=9.5)
        panel.set_xlabel(text("plots.methodology_shift.first", lang), fontsize=8.5)
        panel.set_ylabel(text("plots.methodology_shift.second", lang), fontsize=8.5)
    return ax


def alt_text(result: Result, lang: str) -> str:
    """Tell per kind of conclusion how many of how many changed."""
    parts = [
        text("plots.methodology_shift.one", lang, kind=text(f"words.kinds.{row['subject']}", lang), **_numbers(row))
        for row in result.estimates.to_dict("records")
    ]
    return text("plots.methodology_shift.alt", lang, kinds=text("words.separator", lang).join(parts))


def _numbers(row: dict[Any, Any]) -> dict[str, int]:
    known = row["estimate"] == row["estimate"]
    return {"changed": int(row["estimate"]) if known else 0, "n": int(row["n"])}


def _both(result: Result, kind: str) -> pd.DataFrame:
    pairs = result.details["pairs"]
    return pairs[pairs["kind"] == kind].dropna(subset=["estimate_first", "estimate_second"])
