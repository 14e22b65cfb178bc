"""What each enterprise of a study has collected, by name within its group."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from vises_methods.catalogue import number, text
from vises_methods.plots import style
from vises_methods.results import Result

THERE = 0.38


def plot(result: Result, *, ax: Axes | None = None, lang: str) -> Axes:
    """Draw a row per enterprise and a column per table with the number of its rows; an empty cell is not there yet."""
    counts, groups = _counts(result, lang)
    ax = style.axes(ax, height=style.rows_height(len(counts), per_row=0.34))
    filled = counts.to_numpy(dtype=float)
    words = [[number(int(count), lang) if count > 0 else "–" for count in row] for row in filled]
    style.shaded_cells(ax, np.where(filled > 0, THERE, 0.0), words)
    style.name_rows(ax, list(counts.index), width=40)
    for place, group in enumerate(groups):
        style.beside(ax, place, group)
    for place in range(1, len(groups)):
        if groups[place] != groups[place - 1]:
            ax.axhline(place - 0.5, color=style.SOFT, linewidth=1)
    heads = [style.wrapped(text(f"plots.collected.heads.{name}", lang), 12) for name in counts.columns]
    style.head_columns(ax, heads, size=7)
    return ax


def alt_text(result: Result, lang: str) -> str:
    """Tell how many enterprises have each kind of data."""
    counts, _ = _counts(result, lang)
    having = ", ".join(
        f"{text(f'language.values.{name}', lang)}: {int((counts[name] > 0).sum())}" for name in counts.columns
    )
    return text("plots.collected.alt", lang, count=len(counts), having=having)


def _counts(result: Result, lang: str) -> tuple[pd.DataFrame, list[str]]:
    rows = result.estimates
    table = rows.pivot(index="subject", columns="measure", values="estimate").fillna(0)
    columns = list(dict.fromkeys(rows["measure"]))
    group_of = dict(zip(rows["subject"], rows["group"], strict=True))
    order = sorted(table.index, key=lambda name: (group_of[name], result.label(name, lang).casefold()))
    shown = table.loc[order, columns]
    return shown.rename(index=lambda name: result.label(name, lang)), [group_of[name] for name in order]
