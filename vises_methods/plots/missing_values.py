"""Which indicators have a value in which year, and otherwise why not."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from vises_methods.catalogue import number, text
from vises_methods.plots import style
from vises_methods.results import Result

COLOURS = {
    "reported": style.BLUE,
    "not_collected": style.RUST,
    "refused": style.PURPLE,
    "suppressed": style.INDIGO,
    "not_applicable": "#e3e8ec",
}
SIGNS = {"reported": "", "not_collected": "?", "refused": "×", "suppressed": "*", "not_applicable": "–"}


def plot(result: Result, *, ax: Axes | None = None, lang: str) -> Axes:
    """Draw a cell per indicator and year; each state has a colour and a sign."""
    states = result.details["states"]
    ax = style.axes(ax, height=style.rows_height(len(states), per_row=0.25))
    cells = [
        (row, column, state)
        for (row, column), state in np.ndenumerate(states.to_numpy(dtype=object))
        if isinstance(state, str)
    ]
    if cells:
        rows, columns, found = zip(*cells, strict=True)
        colours = [COLOURS[state] for state in found]
        left = np.array(columns) - 0.46
        style.bars(ax, rows, 0.92, left=left, height=0.84, facecolors=colours, edgecolors="white", linewidths=1)
    for row, column, state in cells:
        if SIGNS[state]:
            ink = style.INK if state == "not_applicable" else "white"
            ax.text(column, row, SIGNS[state], ha="center", va="center", fontsize=9, color=ink, in_layout=False)
    style.name_rows(ax, [result.label(indicator, lang) for indicator in states.index], width=60)
    ax.set_xticks(range(states.shape[1]), list(states.columns))
    ax.xaxis.tick_top()
    ax.set_xlim(-0.5, states.shape[1] - 0.5)
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0, labelsize=8)
    seen = [state for state in COLOURS if (states == state).any(axis=None)]
    ax.legend(
        handles=[Patch(color=COLOURS[s], label=f"{text(f'language.values.{s}', lang)} {SIGNS[s]}") for s in seen],
        loc="upper center",
        bbox_to_anchor=(0.5, 0),
        ncols=2,
        frameon=False,
        fontsize=8,
    )
    return ax


def alt_text(result: Result, lang: str) -> str:
    """Tell how many indicators there are and the share that has a value in each year."""
    years = ", ".join(
        f"{row['subject']}: {number(row['estimate'], lang, '.0%')}" for row in result.estimates.to_dict("records")
    )
    return text("plots.missing_values.alt", lang, count=len(result.details["states"]), years=years)
