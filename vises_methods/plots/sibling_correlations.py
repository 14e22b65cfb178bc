"""How what stands under one heading moves together: each pair a mark, and each element beside its heading."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from vises_methods.catalogue import text
from vises_methods.plots import style
from vises_methods.results import Result

BOUNDS = (-0.5, 0.3, 0.75)
MEASURE, FLAG = "indicators.audit.values.measure.", "indicators.audit.values.flag."
KINDS = {"siblings": ("o", style.BLUE, 0.13), "with_parent": ("D", style.PURPLE, -0.17)}
"""Mark, colour and place (above or below the line) of a pair of siblings, and of an element with its heading."""


def plot(result: Result, *, ax: Axes | None = None, lang: str) -> Axes:
    """Draw a line per heading from -1 to 1; a full mark is one that calls for a look, an open one does not."""
    rows = pairs(result)
    headings = [code for code in dict.fromkeys(result.details["quality"]["heading"]) if code in set(rows["heading"])]
    ax = style.axes(ax, height=style.rows_height(len(headings), per_row=0.36) + 0.6)
    if not headings:
        return style.note_on_axes(ax, text("plots.sibling_correlations.nothing", lang))
    place = {heading: i for i, heading in enumerate(headings)}
    ax.axvspan(-1.05, BOUNDS[0], color=style.WASH, zorder=0)
    ax.axvspan(BOUNDS[2], 1.05, color=style.WASH, zorder=0)
    ax.hlines(range(len(headings)), -1, 1, color=style.LINE, linewidth=0.7, zorder=1)
    ax.axvline(0, color=style.SOFT, linewidth=0.8, zorder=1)
    for kind, (mark, colour, lift) in KINDS.items():
        own = rows[rows["measure"] == MEASURE + kind]
        for flagged in (False, True):
            some = own[own["flag"].notna() == flagged]
            label = text(f"plots.sibling_correlations.{kind}{'_flagged' if flagged else ''}", lang)
            heights = some["heading"].map(place).to_numpy(dtype=float) - lift
            face = colour if flagged else "white"
            look: dict[str, Any] = {
                "s": 26,
                "facecolor": face,
                "edgecolor": colour,
                "linewidth": 1.1,
                "marker": mark,
                "zorder": 3,
            }
            ax.scatter(some["estimate"].to_numpy(dtype=float), heights, label=label, **look)
    style.name_rows(ax, [result.label(heading, lang) for heading in headings], 34)
    ax.set_xlim(-1.05, 1.05)
    ax.set_xticks([-1, BOUNDS[0], 0, BOUNDS[1], BOUNDS[2], 1])
    style.local_numbers(ax, lang)
    ax.set_xlabel(text("plots.sibling_correlations.axis", lang), fontsize=9)
    ax.legend(loc="upper center", bbox_to_anchor=(0.4, -0.5 / len(headings) - 0.06), ncols=2, fontsize=8, frameon=False)
    return ax


def alt_text(result: Result, lang: str) -> str:
    """Count the pairs, those that repeat or pull against one another, and the elements that do not follow."""
    rows = pairs(result)
    if rows.empty:
        return text("plots.sibling_correlations.nothing", lang)
    counts = {name: int((rows["flag"] == FLAG + name).sum()) for name in ("high", "low", "weak")}
    siblings = int((rows["measure"] == MEASURE + "siblings").sum())
    n = rows["n"].astype(int)
    told = {"pairs": siblings, "least": int(n.min()), "most": int(n.max())}
    return text("plots.sibling_correlations.alt", lang, **told, **counts)


def pairs(result: Result) -> pd.DataFrame:
    """Return the correlations that could be computed, of siblings and of elements with their heading."""
    rows = result.details["quality"]
    drawn = rows["measure"].isin([MEASURE + kind for kind in KINDS]) & np.isfinite(rows["estimate"].astype(float))
    return rows[drawn]
