"""The joint display: what each approach says to each evaluative question."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes

from vises_methods.catalogue import number, text
from vises_methods.plots import style
from vises_methods.results import Result

SOURCES = ("qualitative", "indicators", "outcomes")
LOOKS = {
    "for": (style.GREEN, "+"),
    "mixed": ("#8a6d00", "±"),
    "against": (style.RUST, "–"),
    "unclear": (style.SOFT, "?"),
    "silent": ("#eef1f4", ""),
}


def plot(result: Result, *, ax: Axes | None = None, lang: str) -> Axes:
    """Draw a row per question and a cell per approach: its sign says for, mixed, against, unclear or silent."""
    questions = result.details["questions"]["question"].tolist()
    ax = style.axes(ax, height=1.0 + 0.95 * len(questions))
    rows = result.estimates.to_dict("records")
    places = [(questions.index(row["subject"]), SOURCES.index(row["measure"])) for row in rows]
    colours = [LOOKS[row["stands"]][0] for row in rows]
    left = [column - 0.47 for _, column in places]
    style.bars(ax, [place for place, _ in places], 0.94, left=left, height=0.86, facecolors=colours, edgecolors="none")
    for (place, column), row in zip(places, rows, strict=True):
        sign = LOOKS[row["stands"]][1]
        ink = style.INK if row["stands"] == "silent" else "white"
        words = style.wrapped(text(f"words.stands.{row['stands']}", lang), 18)
        known = row["estimate"] == row["estimate"]
        share = f"\n{number(row['estimate'], lang, '.0%')} (n = {int(row['n'])})" if known else ""
        ax.text(column, place, f"{sign} {words}{share}".strip(), ha="center", va="center", fontsize=8.4, color=ink)
    style.name_rows(ax, [result.label(question, lang) for question in questions], width=36)
    heads = [style.wrapped(text(f"words.sources.{source}", lang), 17) for source in SOURCES]
    ax.set_xticks(range(len(SOURCES)), heads, fontweight="bold")
    ax.xaxis.tick_top()
    ax.set_xlim(-0.5, len(SOURCES) - 0.5)
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
    return ax


def alt_text(result: Result, lang: str) -> str:
    """Tell per question what each approach says."""
    parts = []
    for question, rows in result.estimates.groupby("subject", sort=False):
        said = ", ".join(_said(row, lang) for row in rows.to_dict("records"))
        parts.append(f"{result.label(question, lang)} – {said}")
    return text("plots.evidence.alt", lang, questions=". ".join(parts))


def _said(row: dict[Any, Any], lang: str) -> str:
    source, stands = text(f"words.sources.{row['measure']}", lang), text(f"words.stands.{row['stands']}", lang)
    return f"{source}: {stands}"
