"""The specification curve: every defensible way of comparing one outcome, from the lowest estimate to the highest."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from vises_methods.catalogue import has_text, text
from vises_methods.plots import style
from vises_methods.results import Result


def plot(result: Result, *, ax: Axes | None = None, lang: str) -> Axes:
    """Draw the estimates with their intervals inside ``ax``, and below them which choices each one made."""
    rows = result.estimates.dropna(subset=["estimate"]).reset_index(drop=True)
    lines = _lines(result, rows)
    ax = style.axes(ax, height=3.0 + 0.24 * len(lines))
    ax.set_axis_off()
    split = 0.24 * len(lines) / (2.6 + 0.24 * len(lines))
    curve = style.axes(ax.inset_axes((0.34, split + 0.1, 0.65, 0.88 - split)))
    dots = style.axes(ax.inset_axes((0.34, 0.02, 0.65, split + 0.02)))
    curve.axhline(0, color=style.SOFT, linewidth=0.9)
    for planned, colour, marker in ((False, style.BLUE, "o"), (True, style.VERMILLION, "D")):
        some = rows[rows["planned"].astype(bool) == planned]
        curve.vlines(some.index, some["low"], some["high"], color=colour, linewidth=1.6)
        curve.scatter(some.index, some["estimate"], s=26, color=colour, marker=marker, zorder=3)
    curve.set_xticks([])
    style.local_numbers(curve, lang, "y", "")
    curve.set_title(style.wrapped(text("plots.specification_curve.title", lang), 58), loc="left", fontsize=8.5)
    every = [(place, line) for line in range(len(lines)) for place in range(len(rows))]
    subjects = rows["subject"].tolist()
    made = [(place, line) for place, line in every if subjects[place] in lines[line][2]]
    for marks, size, colour in ((every, 7, style.LINE), (made, 18, style.INK)):
        dots.scatter([place for place, _ in marks], [line for _, line in marks], s=size, color=colour)
    dots.set_yticks(
        range(len(lines)), [_named(choice, option, result, lang) for choice, option, _ in lines], fontsize=7.8
    )
    dots.set_ylim(len(lines) - 0.5, -0.5)
    dots.set_xticks([])
    for each in (curve, dots):
        each.set_xlim(-0.6, len(rows) - 0.4)
    return ax


def alt_text(result: Result, lang: str) -> str:
    """Tell how many ways there are, from which to which estimate they run, and how many agree on the direction."""
    rows = result.estimates.dropna(subset=["estimate"])
    ends = {"least": rows["estimate"].min(), "most": rows["estimate"].max()}
    up = int((rows["estimate"] > 0).sum())
    return text("plots.specification_curve.alt", lang, count=len(rows), up=up, **ends)


def _lines(result: Result, rows: pd.DataFrame) -> list[tuple[str, str, set[str]]]:
    choices = result.details["choices"]
    kept = choices[choices["specification"].isin(rows["subject"])]
    return [
        (str(choice), str(option), set(part["specification"]))
        for (choice, option), part in kept.groupby(["choice", "option"], sort=False)
    ]


def _named(choice: str, option: str, result: Result, lang: str) -> str:
    key = f"outcomes.specifications.{choice}.{option}"
    shown = text(key, lang) if has_text(key, lang) else result.label(option, lang)
    named = text(f"outcomes.specifications.choices.{choice}", lang)
    return style.wrapped(text("plots.specification_curve.chosen", lang, choice=named, option=shown), 38)
