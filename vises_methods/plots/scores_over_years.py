"""Dimensions over the years, each beside its name; a gap is a year without a score."""

from __future__ import annotations

from matplotlib.axes import Axes

from vises_methods.catalogue import number, text
from vises_methods.plots import style
from vises_methods.results import Result

LINES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)))


def plot(result: Result, *, ax: Axes | None = None, lang: str) -> Axes:
    """Draw a line per dimension over the years, on the same fixed scales."""
    ax = style.axes(ax, height=3.9)
    rows = result.estimates
    years = sorted(rows["subject"].unique())
    ends = []
    for position, (dimension, cells) in enumerate(rows.groupby("measure", sort=True)):
        values = cells.set_index("subject")["estimate"].reindex(years).astype(float)
        colour = style.CYCLE[position % len(style.CYCLE)]
        marker, line = style.MARKERS[position % len(style.MARKERS)], LINES[position % 6]
        ax.plot(years, values, color=colour, marker=marker, linestyle=line, markersize=5)
        known = values.dropna()
        if len(known):
            ends.append((float(known.iloc[-1]), result.label(dimension, lang), colour))
    ends.sort()
    for height, (_, name, colour) in zip(_apart([end[0] for end in ends]), ends, strict=True):
        style.beside(ax, height, name, colour)
    ax.set_ylim(-2, 102)
    style.local_numbers(ax, lang, "y")
    ax.set_ylabel(text("plots.scores_over_years.axis", lang))
    return ax


def alt_text(result: Result, lang: str) -> str:
    """Tell the first and the last score of each dimension."""
    parts = []
    for dimension, cells in result.estimates.groupby("measure", sort=True):
        known = cells.dropna(subset=["estimate"]).sort_values("subject")
        if len(known):
            first, last = known["estimate"].iloc[0], known["estimate"].iloc[-1]
            ends = f"{number(first, lang, '.0f')} → {number(last, lang, '.0f')}"
            parts.append(f"{result.label(dimension, lang)}: {ends}")
    return text("plots.scores_over_years.alt", lang, dimensions=text("words.separator", lang).join(parts))


def _apart(heights: list[float], least: float = 6.0) -> list[float]:
    """Move labels up so that none covers another."""
    placed: list[float] = []
    for height in heights:
        placed.append(max(height, placed[-1] + least) if placed else height)
    return placed
