"""Every outcome with its interval, on one standardised axis, the primary ones first."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes

from vises_methods.catalogue import number, text
from vises_methods.language.remarks import unit_in_words
from vises_methods.plots import style
from vises_methods.results import Result


def plot(result: Result, *, ax: Axes | None = None, lang: str) -> Axes:
    """Draw a row per outcome; a filled mark was planned, an open one explores; the raw change stands beside it."""
    rows = _rows(result)
    ax = style.axes(ax, height=style.rows_height(len(rows), per_row=0.52))
    if not rows:
        return style.note_on_axes(ax, text("plots.outcomes.nothing", lang))
    ax.axvline(0, color=style.SOFT, linewidth=0.9)
    places = range(len(rows))
    lows, estimates, highs = ([row[f"standardised{end}"] for row in rows] for end in ("_low", "", "_high"))
    ax.hlines(places, lows, highs, color=style.BLUE, linewidth=2)
    for exploratory, face in ((False, style.BLUE), (True, "white")):
        some = [place for place, row in enumerate(rows) if bool(row["exploratory"]) == exploratory]
        marked = [estimates[place] for place in some]
        ax.scatter(marked, some, s=62, facecolor=face, edgecolor=style.BLUE, linewidth=1.6, zorder=3)
    for place, row in enumerate(rows):
        raw = f"{number(row['estimate'], lang, '+.2f')} {unit_in_words(row['unit'], lang, short=True)}"
        style.beside(ax, place, raw)
    style.name_rows(ax, [_name(row, result, lang) for row in rows], width=34)
    reach = max(0.6, *(abs(row[end]) for row in rows for end in ("standardised_low", "standardised_high"))) * 1.06
    ax.set_xlim(-reach, reach)
    style.local_numbers(ax, lang, "x", "+.1f")
    ax.set_xlabel(style.wrapped(text("plots.outcomes.axis", lang), 70), fontsize=8.5)
    return ax


def alt_text(result: Result, lang: str) -> str:
    """Tell each outcome's change with its interval and the grade of what may be said."""
    listed = text("words.separator", lang).join(
        text(
            "plots.outcomes.one",
            lang,
            outcome=result.label(row["subject"], lang),
            estimate=row["estimate"],
            low=row["low"],
            high=row["high"],
            unit=unit_in_words(row["unit"], lang),
            grade=int(row["grade"]),
        )
        for row in _rows(result)
    )
    return text("plots.outcomes.alt", lang, outcomes=listed) if listed else text("plots.outcomes.nothing", lang)


def _rows(result: Result) -> list[dict[Any, Any]]:
    known = result.estimates.dropna(subset=["standardised", "standardised_low"]).to_dict("records")
    return sorted(known, key=lambda row: not row["primary"])


def _name(row: dict[Any, Any], result: Result, lang: str) -> str:
    name = result.label(row["subject"], lang)
    return f"{name} ({text('plots.outcomes.primary', lang)})" if row["primary"] else name
