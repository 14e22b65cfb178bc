"""Means before and after, by arm, one small panel per outcome."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from vises_methods.catalogue import number, text
from vises_methods.plots import style
from vises_methods.results import Result

ARMS = {"participants": (style.BLUE, "o", "-"), "comparison": (style.VERMILLION, "s", "--")}


def plot(result: Result, *, ax: Axes | None = None, lang: str) -> Axes:
    """Draw a panel per outcome inside ``ax``: the means of each arm at each wave, with standard errors."""
    means = result.details["means"]
    names = list(dict.fromkeys(means["outcome"]))
    columns = min(3, len(names))
    rows = -(-len(names) // columns)
    ax = style.axes(ax, height=0.5 + 2.2 * rows)
    ax.set_axis_off()
    for place, name in enumerate(names):
        left, top = place % columns, rows - 1 - place // columns
        frame = (left / columns + 0.055, top / rows + 0.11, 1 / columns - 0.075, 1 / rows - 0.23)
        _panel(style.axes(ax.inset_axes(frame)), means[means["outcome"] == name], lang)
        corner = (frame[0], frame[1] + frame[3] + 0.015)
        ax.text(*corner, style.wrapped(result.label(name, lang), 30), fontsize=8.8, va="bottom", transform=ax.transAxes)
    shown = [arm for arm in ARMS if arm in set(means["arm"])]
    ax.legend(
        handles=[ax.plot([], [], color=ARMS[a][0], marker=ARMS[a][1], linestyle=ARMS[a][2])[0] for a in shown],
        labels=[text(f"language.values.{arm}", lang) for arm in shown],
        loc="lower center",
        bbox_to_anchor=(0.5, -0.1 / rows),
        ncols=2,
        frameon=False,
        fontsize=8.5,
    )
    return ax


def alt_text(result: Result, lang: str) -> str:
    """Tell the first and the last mean of each arm and outcome."""
    parts = []
    for (name, arm), cells in result.details["means"].groupby(["outcome", "arm"], sort=False):
        ends = [number(value, lang, ".2f") for value in (cells["mean"].iloc[0], cells["mean"].iloc[-1])]
        parts.append(f"{result.label(name, lang)}, {text(f'language.values.{arm}', lang)}: {ends[0]} → {ends[1]}")
    return text("plots.before_after.alt", lang, means=text("words.separator", lang).join(parts))


def _panel(ax: Axes, means: pd.DataFrame, lang: str) -> None:
    waves: list[Any] = sorted(means["wave"].unique())
    for arm, (colour, marker, line) in ARMS.items():
        cells = means[means["arm"] == arm].sort_values("wave")
        spread = cells["sd"] / cells["n"].clip(lower=1) ** 0.5
        ax.errorbar(
            cells["wave"], cells["mean"], yerr=spread, color=colour, marker=marker, linestyle=line, markersize=5
        )
    ax.set_xticks(waves, [text("plots.before_after.wave", lang, wave=int(wave)) for wave in waves], fontsize=7.5)
    ax.set_xlim(min(waves) - 0.3, max(waves) + 0.3)
    ax.margins(y=0.35)
    style.local_numbers(ax, lang, "y", "")
