"""The profile strips: each indicator on its own scale, from its first year to its latest, with its target."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes

from vises_methods.catalogue import number, text
from vises_methods.language.remarks import unit_in_words
from vises_methods.plots import style
from vises_methods.results import Result


def plot(result: Result, *, ax: Axes | None = None, lang: str) -> Axes:
    """Draw a strip per scored indicator from 0 to 100 of its own scale; silence is written as silence."""
    rows = [row for row in result.estimates.to_dict("records") if row["scored"]]
    ax = style.axes(ax, height=style.rows_height(len(rows), per_row=0.29))
    if not rows:
        return style.note_on_axes(ax, text("plots.indicator_profile.nothing", lang))
    for place, row in enumerate(rows):
        ax.hlines(place, 0, 100, color=style.WASH, linewidth=6, zorder=0)
        if row.get("range_low") == row.get("range_low") and row.get("range_low") is not None:
            ends = sorted((row["range_low"], row["range_high"]))
            ax.hlines(place, *ends, color=style.SOFT, linewidth=6, zorder=1, alpha=0.8)
        _strip(ax, place, row, lang)
    style.name_rows(ax, [result.label(row["subject"], lang) for row in rows], width=44)
    ax.set_xlim(-2, 102)
    style.local_numbers(ax, lang)
    ax.set_xlabel(style.wrapped(text("plots.indicator_profile.axis", lang), 66), fontsize=8.5)
    return ax


def alt_text(result: Result, lang: str) -> str:
    """Tell how many indicators have a value, how many moved up or down, and how many are silent."""
    rows = [row for row in result.estimates.to_dict("records") if row["scored"]]
    known = [row for row in rows if row["score"] == row["score"]]
    moved = [row["score"] - row["first_score"] for row in known if row["first_score"] == row["first_score"]]
    said = text(
        "plots.indicator_profile.alt",
        lang,
        count=len(rows),
        known=len(known),
        up=sum(change > 0 for change in moved),
        down=sum(change < 0 for change in moved),
    )
    ranged = [row for row in rows if row.get("range_low") is not None and row["range_low"] == row["range_low"]]
    return said if not ranged else f"{said} {text('plots.indicator_profile.ranges', lang, count=len(ranged))}"


def _strip(ax: Axes, place: int, row: dict[Any, Any], lang: str) -> None:
    score, first = row["score"], row["first_score"]
    if score != score:
        silence = text(f"language.values.{row['state']}", lang)
        ax.text(50, place, silence, ha="center", va="center", fontsize=7.5, color=style.VERMILLION, style="italic")
        return
    if first == first:
        ax.annotate(
            "", (score, place), (first, place), arrowprops={"arrowstyle": "-", "color": style.BLUE, "linewidth": 1.3}
        )
        ax.scatter(first, place, s=26, facecolor="white", edgecolor=style.BLUE, linewidth=1.2, zorder=3)
    ax.scatter(score, place, s=36, color=style.BLUE, zorder=4)
    if row["target_score"] == row["target_score"]:
        ax.scatter(row["target_score"], place, s=90, marker="|", color=style.VERMILLION, linewidth=2, zorder=5)
    raw = f"{number(row['estimate'], lang)} {unit_in_words(row['unit'], lang, short=True)}"
    style.beside(ax, place, raw)
