"""One document from left to right, and what each coder marked in it."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from vises_methods.catalogue import number, text
from vises_methods.plots import style
from vises_methods.results import Result

MOST_CODES = 26
FILLED = 0.84


def plot(result: Result, *, ax: Axes | None = None, lang: str) -> Axes:
    """Draw a row per code and in it a line per coder, always in the same order; a bar is a passage."""
    marks, coders, codes = _parts(result)
    ax = style.axes(ax, height=style.rows_height(len(codes), per_row=0.075 * len(coders) + 0.2))
    if not codes:
        return style.note_on_axes(ax, text("plots.coder_continuum.nothing", lang))
    thickness = FILLED / len(coders)
    for i, coder in enumerate(coders):
        own = marks[marks["coder"] == coder]
        for code, passages in own.groupby("code"):
            low = codes.index(str(code)) - FILLED / 2 + i * thickness
            spans = [(start, end - start) for start, end in zip(passages["start"], passages["end"], strict=True)]
            ax.broken_barh(spans, (low, thickness * 0.86), color=style.CYCLE[i % len(style.CYCLE)])
        ax.scatter([], [], color=style.CYCLE[i % len(style.CYCLE)], marker="s", s=34, label=_named(result, coder, lang))
    for place in range(1, len(codes)):
        ax.axhline(place - 0.5, color=style.LINE, linewidth=0.6, zorder=0)
    style.name_rows(ax, [result.label(code, lang) for code in codes], width=44)
    ax.set_xlim(0, int(result.details["document"]["length"].iloc[0]))
    style.local_numbers(ax, lang, "x")
    ax.set_xlabel(style.wrapped(text("plots.coder_continuum.axis", lang, document=_title(result)), 52), fontsize=8.5)
    ax.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=3, frameon=False, fontsize=8.5, handletextpad=0.2)
    return ax


def alt_text(result: Result, lang: str) -> str:
    """Tell how much of the document each coder marked, and how far their passages coincide."""
    _, coders, codes = _parts(result)
    if not codes:
        return text("plots.coder_continuum.nothing", lang)
    alpha = number(result.value, lang, ".2f") if result.value is not None else text("plots.none", lang)
    shares = [_named(result, coder, lang) for coder in coders]
    values = {"document": _title(result), "codes": len(codes), "shares": shares, "alpha": alpha}
    return text("plots.coder_continuum.alt", lang, **values)


def _parts(result: Result) -> tuple[pd.DataFrame, list[str], list[str]]:
    marks = result.details["marks"]
    coders = result.estimates.loc[result.estimates["measure"] == "marked", "subject"].tolist()
    codes = list(dict.fromkeys(marks["code"]))[:MOST_CODES]
    return marks[marks["code"].isin(codes)], coders, codes


def _named(result: Result, coder: str, lang: str) -> str:
    rows = result.estimates[(result.estimates["measure"] == "marked") & (result.estimates["subject"] == coder)]
    share = number(rows["estimate"].iloc[0], lang, ".0%")
    return text("plots.coder_continuum.coder", lang, coder=result.label(coder, lang), share=share)


def _title(result: Result) -> str:
    return str(result.details["document"]["title"].iloc[0])
