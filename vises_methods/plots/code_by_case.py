"""Which codes are heard in which groups: counts of interviews and segments."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from vises_methods.catalogue import text
from vises_methods.language.tables import in_words
from vises_methods.plots import style
from vises_methods.results import Result

MOST_CODES = 28


def plot(result: Result, *, ax: Axes | None = None, lang: str) -> Axes:
    """Draw a cell per code and group: its shade is the share of the group's texts, its number the segments."""
    rows = result.estimates
    counts = rows.pivot(index="code", columns="group", values="segments").fillna(0)
    shares = rows.pivot(index="code", columns="group", values="share").astype(float).fillna(0)
    kept = [code for code in rows["code"].drop_duplicates() if counts.loc[code].sum() > 0][:MOST_CODES]
    ax = style.axes(ax, height=style.rows_height(len(kept), per_row=0.29))
    if not kept:
        return style.note_on_axes(ax, text("plots.code_by_case.nothing", lang))
    shade, numbers = shares.loc[kept].to_numpy(), counts.loc[kept].to_numpy(dtype=float)
    ax.imshow(shade, cmap="Blues", vmin=0, vmax=1.35, aspect="auto")
    for (row, column), share in np.ndenumerate(shade):
        count = int(numbers[row, column])
        ink = "white" if share > 0.8 else style.INK
        ax.text(column, row, str(count) if count else "·", ha="center", va="center", fontsize=8.5, color=ink)
    style.name_rows(ax, [result.label(code, lang) for code in kept], width=52)
    sizes = {row["group"]: int(row["n"]) for row in rows.to_dict("records")}
    heads = [f"{style.wrapped(in_words(group, lang, result), 15)}\n(n = {sizes[group]})" for group in counts.columns]
    ax.set_xticks(range(len(heads)), heads, fontsize=8)
    ax.xaxis.tick_top()
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
    return ax


def alt_text(result: Result, lang: str) -> str:
    """Tell which codes are heard in most groups and which groups are silent on most codes."""
    rows = result.estimates
    heard = rows[rows["segments"] > 0].groupby("code")["group"].nunique().sort_values(ascending=False, kind="stable")
    groups = rows["group"].nunique()
    widest = [result.label(code, lang) for code in heard[heard == heard.max()].index[:3]] if len(heard) else []
    return text("plots.code_by_case.alt", lang, codes=len(heard), groups=groups, widest=widest)
