"""Where people started and where they ended: a line per path, one small panel per outcome and arm."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from vises_methods.catalogue import number, text
from vises_methods.plots import style
from vises_methods.results import Result

ARMS = ("participants", "comparison")
COLOURS = {1: style.BLUE, 0: style.SOFT, -1: style.VERMILLION}
LINES = {1: "-", 0: ":", -1: "--"}


def plot(result: Result, *, ax: Axes | None = None, lang: str) -> Axes:
    """Draw a panel per outcome and arm inside ``ax``: a line from before to after, wider where more people took it."""
    panels = _panels(result)
    columns = min(4, len(panels) or 1)
    rows = max(1, -(-len(panels) // columns))
    ax = style.axes(ax, height=0.7 + 2.3 * rows)
    if not panels:
        return style.note_on_axes(ax, text("plots.outcomes.nothing", lang))
    ax.set_axis_off()
    several = len({arm for _, arm, _ in panels}) > 1
    for place, (name, arm, paths) in enumerate(panels):
        left, top = place % columns, rows - 1 - place // columns
        frame = (left / columns + 0.05, (top + 0.15) / rows, 1 / columns - 0.075, 0.6 / rows)
        panel = style.axes(ax.inset_axes(frame))
        _panel(panel, paths, lang)
        panel.set_ylim(_reach(panels, name))
        named = result.label(name, lang) + (f", {text(f'language.values.{arm}', lang)}" if several else "")
        corner = (frame[0], frame[1] + frame[3] + 0.012)
        ax.text(*corner, style.wrapped(named, 22), fontsize=7.6, va="bottom", transform=ax.transAxes)
    handles = [ax.plot([], [], color=COLOURS[way], linestyle=LINES[way], linewidth=2)[0] for way in COLOURS]
    labels = [text(f"plots.paired_slopes.{way}", lang) for way in ("up", "same", "down")]
    below = (0.5, -0.1 / rows)
    ax.legend(handles, labels, loc="lower center", bbox_to_anchor=below, ncols=3, frameon=False, fontsize=8.5)
    return ax


def alt_text(result: Result, lang: str) -> str:
    """Tell per outcome and arm how many went up, stayed and went down."""
    parts = []
    for name, arm, paths in _panels(result):
        counts = {way: int(paths.loc[paths["way"] == way, "people"].sum()) for way in (1, 0, -1)}
        parts.append(
            text("plots.paired_slopes.one", lang, name=result.label(name, lang), up=counts[1], same=counts[0],
                 arm=text(f"language.values.{arm}", lang), down=counts[-1])
        )  # fmt: skip
    if not parts:
        return text("plots.outcomes.nothing", lang)
    return text("plots.paired_slopes.alt", lang, outcomes=text("words.separator", lang).join(parts))


def _panels(result: Result) -> list[tuple[str, str, pd.DataFrame]]:
    changes = result.details["changes"]
    if changes.empty:
        return []
    moved = changes["after"] - changes["before"]
    told = changes.assign(way=(moved > 0).astype(int) - (moved < 0).astype(int))
    found = []
    for name in dict.fromkeys(told["outcome"]):
        for arm in ARMS:
            paths = told[(told["outcome"] == name) & (told["arm"] == arm)]
            if len(paths):
                found.append((str(name), arm, paths))
    return found


def _reach(panels: Sequence[tuple[str, str, pd.DataFrame]], name: str) -> tuple[float, float]:
    """Return the lowest and highest place on the axis of an outcome, the same for those served and the comparison."""
    ends = [paths[["before", "after"]].to_numpy() for outcome, _, paths in panels if outcome == name]
    low, high = min(end.min() for end in ends), max(end.max() for end in ends)
    room = 0.05 * (high - low) or 0.5
    return low - room, high + room


def _panel(ax: Axes, paths: pd.DataFrame, lang: str) -> None:
    most = paths["people"].max()
    for way in COLOURS:
        taken = paths[paths["way"] == way]
        lines = [[(0, before), (1, after)] for before, after in zip(taken["before"], taken["after"], strict=True)]
        widths = 0.7 + 3.2 * (taken["people"] - 1) / max(1, most - 1)
        looks: dict[str, Any] = {"colors": COLOURS[way], "linestyles": LINES[way], "linewidths": widths, "alpha": 0.75}
        ax.add_collection(LineCollection(lines, **looks))
    weight = paths["people"] / paths["people"].sum()
    means = [(paths[end] * weight).sum() for end in ("before", "after")]
    ax.plot([0, 1], means, color=style.INK, marker="D", markersize=5, linewidth=2.4)
    shown = ".1f" if max(map(abs, means)) < 1000 else ".0f"
    for place, mean in enumerate(means):
        aside = ((-1, 1)[place] * 5, 0)
        ax.annotate(number(mean, lang, shown), (place, mean), xytext=aside, textcoords="offset points",
                    ha=("right", "left")[place], va="center", fontsize=7, color=style.INK)  # fmt: skip
    ax.set_xlim(-0.62, 1.62)
    ax.set_xticks([0, 1], [text(f"plots.paired_slopes.{end}", lang) for end in ("before", "after")], fontsize=7.5)
    style.local_numbers(ax, lang, "y", "")
