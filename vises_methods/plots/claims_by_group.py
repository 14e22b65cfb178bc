"""How strongly outcomes may be worded, by group: counts per grade."""

from __future__ import annotations

from matplotlib.axes import Axes

from vises_methods.catalogue import text
from vises_methods.plots import style
from vises_methods.results import Result

SHADES = ("#d9dfe4", "#b7cbdb", "#86b0d0", "#4a90bf", "#1d6fa5", "#0b4f7d")


def plot(result: Result, *, ax: Axes | None = None, lang: str) -> Axes:
    """Draw a bar per group, stacked by grade from 0 to 5."""
    rows = result.estimates
    groups = sorted(rows["group"].unique())
    ax = style.axes(ax, height=style.rows_height(len(groups), per_row=0.55))
    starts = dict.fromkeys(groups, 0.0)
    for grade in sorted(rows["grade"].unique()):
        label = f"{int(grade)}: {text(f'outcomes.grades.label.{int(grade)}', lang)}"
        for row in rows[rows["grade"] == grade].to_dict("records"):
            place, count = groups.index(row["group"]), row["estimate"]
            ax.barh(place, count, left=starts[row["group"]], color=SHADES[int(grade)], height=0.6, edgecolor="white")
            middle = starts[row["group"]] + count / 2
            ink = "white" if grade >= 3 else style.INK
            ax.text(middle, place, str(int(count)), ha="center", va="center", fontsize=8.5, color=ink)
            starts[row["group"]] += count
        ax.barh([0], [0], color=SHADES[int(grade)], label=label)
    style.name_rows(ax, [text(f"language.groups.{group}", lang) for group in groups])
    style.whole_numbers(ax)
    ax.set_xlabel(text("plots.claims_by_group.axis", lang))
    ax.legend(loc="upper center", bbox_to_anchor=(0.3, -0.28), ncols=2, frameon=False, fontsize=8)
    return ax


def alt_text(result: Result, lang: str) -> str:
    """Tell the number of outcomes per group and grade."""
    parts = [
        f"{row['group']}, {text('language.columns.grade', lang)} {int(row['grade'])}: {int(row['estimate'])}"
        for row in result.estimates.to_dict("records")
    ]
    return text("plots.claims_by_group.alt", lang, counts=text("words.separator", lang).join(parts))
