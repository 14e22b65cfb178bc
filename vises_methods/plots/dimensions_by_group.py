"""How the dimensions vary within each group: extent and median, no names."""

from __future__ import annotations

from matplotlib.axes import Axes

from vises_methods.catalogue import number, text
from vises_methods.plots import style
from vises_methods.results import Result


def plot(result: Result, *, ax: Axes | None = None, lang: str) -> Axes:
    """Draw a bar from the lowest to the highest score per dimension and group, the median marked."""
    rows = result.estimates
    dimensions = list(dict.fromkeys(rows["measure"]))
    groups = sorted(rows["subject"].unique())
    ax = style.axes(ax, height=style.rows_height(len(dimensions) * max(1, len(groups)), per_row=0.24))
    for row in rows.to_dict("records"):
        shift = (groups.index(row["subject"]) - (len(groups) - 1) / 2) * 0.25
        place, position = dimensions.index(row["measure"]) + shift, groups.index(row["subject"])
        colour = style.CYCLE[position % len(style.CYCLE)]
        ax.hlines(place, row["low"], row["high"], color=colour, linewidth=5, alpha=0.35)
        ax.scatter(
            row["estimate"], place, color=colour, marker=style.MARKERS[position % len(style.MARKERS)], s=36, zorder=3
        )
    style.name_rows(ax, [result.label(dimension, lang) for dimension in dimensions])
    for position, group in enumerate(groups):
        colour, marker = style.CYCLE[position % len(style.CYCLE)], style.MARKERS[position % len(style.MARKERS)]
        ax.scatter([], [], color=colour, marker=marker, label=style.wrapped(text(f"language.groups.{group}", lang), 60))
    ax.legend(loc="upper left", bbox_to_anchor=(-0.3, -0.13), frameon=False, fontsize=8)
    ax.set_xlim(0, 100)
    style.local_numbers(ax, lang)
    ax.set_xlabel(text("plots.dimensions_by_group.axis", lang), fontsize=8.5)
    return ax


def alt_text(result: Result, lang: str) -> str:
    """Tell per dimension and group the median and the extent."""
    parts = [
        f"{result.label(row['measure'], lang)}, {row['subject']}: {number(row['estimate'], lang, '.0f')} "
        f"({number(row['low'], lang, '.0f')}–{number(row['high'], lang, '.0f')}, n = {int(row['n'])})"
        for row in result.estimates.to_dict("records")
    ]
    return text("plots.dimensions_by_group.alt", lang, dimensions=text("words.separator", lang).join(parts))
