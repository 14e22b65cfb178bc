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
    ax.hlines(range(len(rows)), 0, 100, color=style.WASH, linewidth=6, zorder=0)
    _ranges(ax, rows)
    _marks(ax, rows)
    for place, row in enumerate(rows):
        _words(ax, place, row, lang)
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
    ranged = [row for row in rows if _ranged(row)]
    return said if not ranged else f"{said} {text('plots.indicator_profile.ranges', lang, count=len(ranged))}"


def _ranges(ax: Axes, rows: list[dict[Any, Any]]) -> None:
    """Draw the stretch in which the enterprises of the group stand, where it is known."""
    ends = {place: sorted((row["range_low"], row["range_high"])) for place, row in enumerate(rows) if _ranged(row)}
    lows, highs = [low for low, _ in ends.values()], [high for _, high in ends.values()]
    ax.hlines(list(ends), lows, highs, color=style.SOFT, linewidth=6, zorder=1, alpha=0.8)


def _ranged(row: dict[Any, Any]) -> bool:
    return row.get("range_low") is not None and row["range_low"] == row["range_low"]


def _marks(ax: Axes, rows: list[dict[Any, Any]]) -> None:
    """Draw the first score, the last, the line between them, and the target."""
    known = {place: row for place, row in enumerate(rows) if row["score"] == row["score"]}
    moved = {place: row for place, row in known.items() if row["first_score"] == row["first_score"]}
    aimed = {place: row for place, row in known.items() if row["target_score"] == row["target_score"]}
    score, first, target = (
        [row[name] for row in some.values()]
        for name, some in (("score", known), ("first_score", moved), ("target_score", aimed))
    )
    ax.hlines(list(moved), first, [row["score"] for row in moved.values()], color=style.BLUE, linewidth=1.3, zorder=2)
    ax.scatter(
        first, list(moved), s=26, facecolor="white", edgecolor=style.BLUE, linewidth=1.2, zorder=3, clip_on=False
    )
    ax.scatter(score, list(known), s=36, color=style.BLUE, zorder=4, clip_on=False)
    ax.scatter(target, list(aimed), s=90, marker="|", color=style.VERMILLION, linewidth=2, zorder=5, clip_on=False)


def _words(ax: Axes, place: int, row: dict[Any, Any], lang: str) -> None:
    if row["score"] != row["score"]:
        silence = text(f"language.values.{row['state']}", lang)
        ax.text(50, place, silence, ha="center", va="center", fontsize=7.5, color=style.RUST, style="italic")
        return
    raw = f"{number(row['estimate'], lang)} {unit_in_words(row['unit'], lang, short=True)}"
    style.beside(ax, place, raw)
