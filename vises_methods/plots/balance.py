"""The Love plot: how far apart the two groups were at the start."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes

from vises_methods.catalogue import text
from vises_methods.language.remarks import category_in_words
from vises_methods.plots import style
from vises_methods.results import Result

BOUND, CLOSE = 0.25, 0.05


def plot(result: Result, *, ax: Axes | None = None, lang: str) -> Axes:
    """Draw a dot per feature at its standardised difference; shaded, what counts as alike."""
    rows = _rows(result)
    ax = style.axes(ax, height=style.rows_height(len(rows), per_row=0.28))
    if not rows:
        return style.note_on_axes(ax, text("plots.balance.nothing", lang))
    ax.axvspan(-BOUND, BOUND, color=style.WASH, zorder=0)
    ax.axvline(0, color=style.SOFT, linewidth=0.9)
    for apart, colour, marker in ((True, style.VERMILLION, "D"), (False, style.BLUE, "o")):
        some = [(place, row["estimate"]) for place, row in enumerate(rows) if (abs(row["estimate"]) > BOUND) == apart]
        places, estimates = [place for place, _ in some], [estimate for _, estimate in some]
        ax.scatter(estimates, places, s=38, color=colour, marker=marker, zorder=3)
    style.name_rows(ax, [_name(row["subject"], result, lang) for row in rows], width=46)
    widest = max(0.6, *(abs(row["estimate"]) for row in rows)) * 1.08
    ax.set_xlim(-widest, widest)
    style.local_numbers(ax, lang)
    ax.set_xlabel(style.wrapped(text("plots.balance.axis", lang), 62), fontsize=8.5)
    return ax


def alt_text(result: Result, lang: str) -> str:
    """Tell how many features lie outside the shaded band, and which is furthest."""
    rows = _rows(result)
    if not rows:
        return text("plots.balance.nothing", lang)
    furthest = max(rows, key=lambda row: abs(row["estimate"]))
    return text(
        "plots.balance.alt",
        lang,
        count=len(rows),
        apart=sum(abs(row["estimate"]) > BOUND for row in rows),
        furthest=_name(furthest["subject"], result, lang),
        difference=furthest["estimate"],
    )


def _rows(result: Result) -> list[dict[Any, Any]]:
    rows = result.estimates.dropna(subset=["estimate"])
    return list(rows[rows["measure"] == "smd"].to_dict("records"))


def _name(subject: str, result: Result, lang: str) -> str:
    category = category_in_words(subject, result, lang)
    if category is None:
        return result.label(subject, lang)
    return text("plots.balance.category", lang, name=category[0], category=category[1])
