"""What a dimension's score might be under other choices, and which choice moves it most."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes

from vises_methods.catalogue import number, text
from vises_methods.plots import style
from vises_methods.results import Result


def plot(result: Result, *, ax: Axes | None = None, lang: str) -> Axes:
    """Draw a row per dimension: the score, the interval over the draws, and beside it what drives it."""
    rows = dimensions(result)
    ax = style.axes(ax, height=style.rows_height(len(rows), per_row=0.5))
    ax.set_axisbelow(True)
    within = {place: row for place, row in enumerate(rows) if row["low"] == row["low"]}
    lows, highs = ([row[end] for row in within.values()] for end in ("low", "high"))
    ax.hlines(list(within), lows, highs, color=style.BLUE, linewidth=5, alpha=0.45)
    known = {place: row["estimate"] for place, row in enumerate(rows) if row["estimate"] == row["estimate"]}
    ax.scatter(list(known.values()), list(known), s=54, color=style.BLUE, zorder=3, clip_on=False)
    for place, row in enumerate(rows):
        style.beside(ax, place, style.wrapped(_driven(row, result, lang), 30))
    style.name_rows(ax, [result.label(row["measure"], lang) for row in rows], width=34)
    ax.set_xlim(-1, 101)
    ax.grid(axis="x", color=style.LINE, linewidth=0.6)
    style.local_numbers(ax, lang)
    level = number(result.options["level"], lang, ".0%")
    ax.set_xlabel(style.wrapped(text("plots.score_uncertainty.axis", lang, level=level), 66), fontsize=8.5)
    return ax


def alt_text(result: Result, lang: str) -> str:
    """Tell each dimension's score, its interval, and what drives it."""
    listed = text("words.separator", lang).join(
        text(
            "plots.score_uncertainty.one",
            lang,
            name=result.label(row["measure"], lang),
            score=number(row["estimate"], lang, ".0f"),
            low=number(row["low"], lang, ".0f"),
            high=number(row["high"], lang, ".0f"),
            driven=_driven(row, result, lang),
        )
        for row in dimensions(result)
    )
    return text("plots.score_uncertainty.alt", lang, dimensions=listed)


def dimensions(result: Result) -> list[dict[Any, Any]]:
    """Return the rows of the dimensions, in the order of the framework."""
    tree = result.details["tree"]
    order = list(tree.loc[tree["parent"].isna(), "code"])
    rows = [row for row in result.estimates.to_dict("records") if row["measure"] in order]
    return sorted(rows, key=lambda row: order.index(row["measure"]))


def _driven(row: dict[Any, Any], result: Result, lang: str) -> str:
    drivers = result.details["drivers"]
    own = drivers[(drivers["dimension"] == row["measure"]) & drivers["total"].notna()]
    if row["estimate"] != row["estimate"]:
        return text("plots.score_uncertainty.no_score", lang)
    if own.empty:
        return text("plots.score_uncertainty.unknown", lang)
    factor = str(own.loc[own["total"].idxmax(), "factor"])
    return text(f"plots.score_uncertainty.factors.{factor}", lang)
