"""Which cells of the framework have a value, and why the others have none, dimension by dimension."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from vises_methods.catalogue import text
from vises_methods.plots import style
from vises_methods.results import Result

LOOKS = {
    "reported": (style.FILL, ""),
    "imputed": ("#9db9d3", "//"),
    "not_collected": ("white", ""),
    "refused": ("white", "xxx"),
    "suppressed": ("white", "..."),
    "not_applicable": (style.WASH, ""),
}
"""Colour and hatching of each state; what is silent is white, what does not apply nearly so."""
LEAST_WRITTEN = 0.04


def plot(result: Result, *, ax: Axes | None = None, lang: str) -> Axes:
    """Draw a bar per dimension, its parts the shares of cells in each state, with their numbers."""
    counts = state_table(result)
    ax = style.axes(ax, height=style.rows_height(len(counts), per_row=0.5) + 0.3)
    shares = counts.div(counts.sum(axis=1), axis=0)
    left = pd.Series(0.0, index=counts.index)
    for state in [name for name in LOOKS if counts[name].sum() > 0]:
        colour, hatch = LOOKS[state]
        places, label = range(len(counts)), text(f"plots.cell_states.states.{state}", lang)
        kind: dict[str, Any] = {"facecolor": colour, "hatch": hatch, "edgecolor": style.SOFT, "linewidth": 0.7}
        ax.barh(places, shares[state], left=left, height=0.62, label=label, **kind)
        for place, code in enumerate(counts.index):
            if shares.loc[code, state] >= LEAST_WRITTEN:
                words: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": 8, "color": style.INK}
                box = {"facecolor": "white", "edgecolor": "none", "pad": 0.8, "alpha": 0.85} if hatch else None
                middle = left[code] + shares.loc[code, state] / 2
                ax.text(middle, place, str(int(counts.loc[code, state])), bbox=box, **words)
        left = left + shares[state]
    style.name_rows(ax, [result.label(code, lang) for code in counts.index], 26)
    style.local_numbers(ax, lang, spec=".0%")
    ax.set_xlim(0, 1)
    ax.set_xlabel(text("plots.cell_states.axis", lang), fontsize=9)
    ax.legend(loc="upper center", bbox_to_anchor=(0.4, -0.16), ncols=3, fontsize=8, frameon=False)
    return ax


def alt_text(result: Result, lang: str) -> str:
    """Tell of each dimension how many of the cells that apply have a value."""
    counts = state_table(result)
    applies = counts.drop(columns="not_applicable").sum(axis=1)
    known = counts["reported"] + counts["imputed"]
    told = [
        text(
            "plots.cell_states.row", lang, name=result.label(code, lang), known=int(known[code]), all=int(applies[code])
        )
        for code in counts.index
    ]
    return text("plots.cell_states.alt", lang, rows=text("words.separator", lang).join(told))


def state_table(result: Result) -> pd.DataFrame:
    """Return the number of cells, dimension × state, in the order of the framework."""
    return result.details["states"].groupby("dimension", sort=False)[list(LOOKS)].sum()
