"""Which codes stand together on the same words."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from vises_methods.catalogue import text
from vises_methods.plots import style
from vises_methods.results import Result

MOST_PAIRS = 15


def plot(result: Result, *, ax: Axes | None = None, lang: str) -> Axes:
    """Draw a bar per pair of codes that meet, the most frequent first, with the number of texts it happens in."""
    pairs = _pairs(result)
    ax = style.axes(ax, height=style.rows_height(len(pairs), per_row=0.36))
    if pairs.empty:
        return style.note_on_axes(ax, text("plots.cooccurrence.nothing", lang))
    style.bars(ax, range(len(pairs)), pairs["estimate"], height=0.62, facecolors=style.BLUE, edgecolors="none")
    for row, pair in enumerate(pairs.to_dict("records")):
        words = text("plots.cooccurrence.documents", lang, count=int(pair["documents"]))
        ax.text(pair["estimate"], row, f" {words}", va="center", fontsize=8, color=style.SOFT)
    names = [f"{result.label(p['first'], lang)} + {result.label(p['second'], lang)}" for p in pairs.to_dict("records")]
    style.name_rows(ax, names, width=60)
    ax.set_xlim(0, pairs["estimate"].max() * 1.18)
    style.whole_numbers(ax)
    style.local_numbers(ax, lang)
    ax.set_xlabel(style.wrapped(text("plots.cooccurrence.axis", lang), 40))
    return ax


def alt_text(result: Result, lang: str) -> str:
    """Tell how many pairs meet and name the most frequent."""
    pairs = _pairs(result)
    if pairs.empty:
        return text("plots.cooccurrence.nothing", lang)
    first = pairs.to_dict("records")[0]
    names = f"{result.label(first['first'], lang)} + {result.label(first['second'], lang)}"
    met = int((result.estimates["estimate"] > 0).sum())
    return text("plots.cooccurrence.alt", lang, count=met, pair=names, times=int(first["estimate"]))


def _pairs(result: Result) -> pd.DataFrame:
    met = result.estimates[result.estimates["estimate"] > 0]
    ordered = met.sort_values(["estimate", "first", "second"], ascending=[False, True, True])
    return ordered.head(MOST_PAIRS).reset_index(drop=True)
