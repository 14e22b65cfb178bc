"""Scores of dimensions and criteria between their worst and best case."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes

from vises_methods.catalogue import number, text
from vises_methods.plots import style
from vises_methods.results import Result


def plot(result: Result, *, ax: Axes | None = None, lang: str) -> Axes:
    """Draw a row per heading, in the order of the framework: from worst to best case, the score, the coverage."""
    rows, dimensions = _rows(result), _dimensions(result)
    ax = style.axes(ax, height=style.rows_height(len(rows), per_row=0.3))
    for top in (False, True):
        some = {place: row for place, row in enumerate(rows) if (row["measure"] in dimensions) == top}
        shade: dict[str, Any] = {"facecolors": style.BLUE, "edgecolors": "none", "alpha": 0.3 if top else 0.17}
        widths, lows = [row["high"] - row["low"] for row in some.values()], [row["low"] for row in some.values()]
        style.bars(ax, list(some), widths, left=lows, height=0.55, **shade)
        estimates = [row["estimate"] for row in some.values()]
        ax.scatter(estimates, list(some), s=58 if top else 34, color=style.BLUE, zorder=3, clip_on=False)
    for place, row in enumerate(rows):
        coverage = text("plots.heading_scores.coverage", lang, coverage=row["coverage"], n=int(row["n"]))
        style.beside(ax, place, coverage)
    names = style.name_rows(ax, [result.label(row["measure"], lang) for row in rows], width=56)
    for label, row in zip(names, rows, strict=True):
        label.set_fontweight("bold" if row["measure"] in dimensions else "normal")
    ax.set_xlim(-1, 101)
    style.local_numbers(ax, lang)
    ax.grid(axis="x", color=style.LINE, linewidth=0.6)
    ax.set_xlabel(style.wrapped(text("plots.heading_scores.axis", lang), 60), fontsize=8.5)
    return ax


def alt_text(result: Result, lang: str) -> str:
    """Tell each dimension's score with its worst and best case and its coverage."""
    listed = text("words.separator", lang).join(
        text(
            "plots.heading_scores.one",
            lang,
            name=result.label(row["measure"], lang),
            score=number(row["estimate"], lang, ".0f"),
            low=row["low"],
            high=row["high"],
            coverage=row["coverage"],
        )
        for row in _rows(result)
        if row["measure"] in _dimensions(result)
    )
    return text("plots.heading_scores.alt", lang, dimensions=listed)


def _rows(result: Result) -> list[dict[Any, Any]]:
    order = list(result.details["tree"]["code"])
    return sorted(result.estimates.to_dict("records"), key=lambda row: order.index(row["measure"]))


def _dimensions(result: Result) -> set[str]:
    tree = result.details["tree"]
    return set(tree.loc[tree["parent"].isna(), "code"])
