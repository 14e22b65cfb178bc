"""The weight that was meant for each element, and the weight that it exerts on its heading."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from vises_methods.catalogue import number, text
from vises_methods.plots import style
from vises_methods.results import Result

MOST = 16
"""As many elements as can be read on a page: those whose weights lie furthest apart."""


def plot(result: Result, *, ax: Axes | None = None, lang: str) -> Axes:
    """Draw a line per element from the weight that was meant (open) to the one that it exerts (full)."""
    rows = furthest(result)
    if rows.empty:
        ax = style.axes(ax, height=1.9)
        return style.note_on_axes(ax, text("plots.weights_exerted.nothing", lang))
    ax = style.axes(ax, height=style.rows_height(len(rows), per_row=0.36) + 0.4)
    places = range(len(rows))
    ax.axvline(0, color=style.SOFT, linewidth=0.8)
    ax.hlines(places, rows["intended"], rows["variance_share"], color=style.LINE, linewidth=2.2, zorder=1)
    meant, exerted = (text(f"plots.weights_exerted.{name}", lang) for name in ("meant", "exerted"))
    look: dict[str, Any] = {"s": 34, "zorder": 3, "edgecolor": style.BLUE, "linewidth": 1.2}
    ax.scatter(rows["intended"], places, facecolor="white", label=meant, **look)
    ax.scatter(rows["variance_share"], places, facecolor=style.BLUE, label=exerted, **look)
    style.name_rows(ax, [_name(row, result, lang) for row in rows.to_dict("records")], 44)
    style.local_numbers(ax, lang, spec=".0%")
    ax.set_xlabel(text("plots.weights_exerted.axis", lang), fontsize=9)
    ax.legend(loc="lower right", fontsize=8, frameon=False)
    return ax


def alt_text(result: Result, lang: str) -> str:
    """Tell the three elements whose weights lie furthest apart."""
    rows = furthest(result)
    told = [
        text(
            "plots.weights_exerted.row",
            lang,
            name=result.label(row["element"], lang),
            meant=number(row["intended"], lang, ".0%"),
            exerted=number(row["variance_share"], lang, ".0%"),
        )
        for row in rows.head(3).to_dict("records")
    ]
    return text(
        "plots.weights_exerted.alt", lang, rows=text("words.separator", lang).join(told) or text("plots.none", lang)
    )


def furthest(result: Result) -> pd.DataFrame:
    """Return the elements whose two weights lie furthest apart; an only child has nothing to share and is left out."""
    rows = result.details["weights"].dropna(subset=["variance_share", "intended"])
    return rows[rows["intended"] < 1].head(MOST)


def _name(row: Mapping[Any, Any], result: Result, lang: str) -> str:
    return f"{result.label(row['element'], lang)} ({result.label(row['heading'], lang)})"
