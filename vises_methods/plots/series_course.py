"""A series before and since an event, with the course it was on."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from vises_methods.catalogue import number, text
from vises_methods.plots import style
from vises_methods.results import Result

MOST_MARKS = 8


def plot(result: Result, *, ax: Axes | None = None, lang: str) -> Axes:
    """Draw a panel per series inside ``ax``: values, the fitted course, and the earlier course drawn on."""
    course = result.details["course"]
    names = list(dict.fromkeys(course["indicator"]))
    ax = style.axes(ax, height=0.7 + 2.6 * len(names))
    ax.set_axis_off()
    for place, name in enumerate(names):
        low = 1 - (place + 1) / len(names)
        frame = (0.08, low + 0.2 / len(names), 0.9, 0.66 / len(names))
        _panel(style.axes(ax.inset_axes(frame)), course[course["indicator"] == name], lang)
        label = style.wrapped(result.label(str(name), lang), 80)
        ax.text(0.08, low + 0.9 / len(names), label, fontsize=9, va="bottom", transform=ax.transAxes)
    handles = [
        ax.plot([], [], color=style.INK, marker="o", linestyle="", markersize=4)[0],
        ax.plot([], [], color=style.BLUE, linewidth=2)[0],
        ax.plot([], [], color=style.VERMILLION, linestyle="--", linewidth=2)[0],
    ]
    labels = [text(f"plots.series_course.{name}", lang) for name in ("value", "fitted", "expected")]
    ax.legend(handles, labels, loc="lower center", bbox_to_anchor=(0.52, -0.06), ncols=3, frameon=False, fontsize=8.5)
    return ax


def alt_text(result: Result, lang: str) -> str:
    """Tell per series its first and last period, when the event was, and by how much the level then changed."""
    parts = []
    level = result.estimates[result.estimates["measure"] == "level_change"].set_index("subject")
    for name, rows in result.details["course"].groupby("indicator", sort=False):
        change = level["estimate"].get(name)
        shown = text("plots.nobody", lang) if pd.isna(change) else number(change, lang, "+.2f")
        parts.append(
            text("plots.series_course.one", lang, name=result.label(str(name), lang), first=rows["period"].iloc[0],
                 last=rows["period"].iloc[-1], start=rows.loc[rows["later"], "period"].iloc[0], change=shown)
        )  # fmt: skip
    return text("plots.series_course.alt", lang, series=text("words.separator", lang).join(parts))


def _panel(ax: Axes, rows: pd.DataFrame, lang: str) -> None:
    places = range(len(rows))
    later = rows["later"].to_numpy(dtype=bool)
    ax.scatter(places, rows["value"], s=12, color=style.INK, zorder=3)
    start = int(later.argmax())
    ax.axvline(start - 0.5, color=style.SOFT, linewidth=1, linestyle=":")
    if "fitted" in rows:
        fitted, expected = rows["fitted"].to_numpy(dtype=float), rows["expected"].to_numpy(dtype=float)
        ax.plot(places[:start], fitted[:start], color=style.BLUE, linewidth=2)
        ax.plot(places[start:], fitted[start:], color=style.BLUE, linewidth=2)
        ax.plot(places[start:], expected[start:], color=style.VERMILLION, linestyle="--", linewidth=2)
    step = max(1, -(-len(rows) // MOST_MARKS))
    ax.set_xticks(places[::step], [str(period) for period in rows["period"]][::step], fontsize=7.5)
    style.local_numbers(ax, lang, "y", "")
