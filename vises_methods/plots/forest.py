"""The forest of the enterprises' outcomes: by group and name, never by size; what a new one might see comes first."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from vises_methods.catalogue import number, text
from vises_methods.plots import style
from vises_methods.results import Result


def plot(result: Result, *, ax: Axes | None = None, lang: str) -> Axes:
    """Draw each stratum by itself: a row per enterprise, then the prediction interval, then the mean."""
    rows = _rows(result, lang)
    ax = style.axes(ax, height=style.rows_height(len(rows), per_row=0.3))
    ax.axvline(0, color=style.SOFT, linewidth=0.9)
    for place, row in enumerate(rows):
        _draw(ax, place, row, lang)
    names = style.name_rows(ax, [row["name"] for row in rows], width=60)
    for label, row in zip(names, rows, strict=True):
        label.set_fontweight("bold" if row["kind"] == "head" else "normal")
        label.set_fontsize(8)
    ends = [abs(row[end]) for row in rows for end in ("low", "high") if row.get(end) is not None]
    reach = min(max([0.6, *ends]) * 1.06, 3.0)
    ax.set_xlim(-reach, reach)
    style.local_numbers(ax, lang, "x", "+.1f")
    ax.set_xlabel(style.wrapped(text("plots.forest.axis", lang), 60), fontsize=8.5)
    return ax


def alt_text(result: Result, lang: str) -> str:
    """Tell per stratum how many enterprises there are, the prediction interval and the mean."""
    told = []
    for stratum, table in result.estimates.groupby("subject", sort=True):
        known = table.set_index("measure")
        count = int((result.details["enterprises"]["stratum"] == stratum).sum())
        head = {"stratum": stratum_name(str(stratum), lang), "count": count}
        if "prediction" not in known.index:
            told.append(text("plots.forest.few", lang, **head))
            continue
        values = {f"{name}_{end}": known.loc[name, end] for name in ("prediction", "mean") for end in ("low", "high")}
        told.append(text("plots.forest.one", lang, **head, mean=known.loc["mean", "estimate"], **values))
    return text("plots.forest.alt", lang, strata=" ".join(told))


def stratum_name(stratum: str, lang: str) -> str:
    """Return the name of a stratum as ``2:comparison``: its grade and what was compared."""
    grade, claim = stratum.split(":")
    label = text(f"outcomes.grades.label.{grade}", lang)
    return text("plots.forest.stratum", lang, grade=int(grade), label=label, claim=text(f"plots.forest.{claim}", lang))


def _rows(result: Result, lang: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for stratum, members in result.details["enterprises"].groupby("stratum", sort=True):
        rows.append({"kind": "head", "name": stratum_name(str(stratum), lang)})
        for member in members.to_dict("records"):
            name = f"{result.label(member['enterprise'], lang)} ({member['group']})"
            rows.append({"kind": "own", "name": name, **{end: member[end] for end in ("estimate", "low", "high")},
                         "shrunken": member["shrunken"]})  # fmt: skip
        pooled = result.estimates[result.estimates["subject"] == stratum].set_index("measure")
        for kind in ("prediction", "mean"):
            known = pooled[pooled.index == kind].dropna(subset=["estimate"])
            for estimate, low, high in known[["estimate", "low", "high"]].astype(float).itertuples(index=False):
                line = {"estimate": estimate, "low": low, "high": high}
                rows.append({"kind": kind, "name": text(f"plots.forest.{kind}", lang), **line})
    return rows


def _draw(ax: Axes, place: int, row: dict[str, Any], lang: str) -> None:
    if row["kind"] == "head":
        return
    if row["kind"] == "own":
        ax.hlines(place, row["low"], row["high"], color=style.BLUE, linewidth=1.8)
        ax.scatter(row["estimate"], place, s=34, color=style.BLUE, marker="s", zorder=3)
        if row["shrunken"] is not None and pd.notna(row["shrunken"]):
            ax.scatter(row["shrunken"], place, s=34, facecolor="white", edgecolor=style.PURPLE, linewidth=1.5, zorder=4)
    elif row["kind"] == "prediction":
        ax.hlines(place, row["low"], row["high"], color=style.VERMILLION, linewidth=4, alpha=0.85)
    else:
        ends, middle = (row["low"], row["high"]), row["estimate"]
        ax.fill([ends[0], middle, ends[1], middle], [place, place - 0.28, place, place + 0.28], color=style.INK)
    words = " … ".join(number(row[end], lang, "+.2f") for end in ("low", "high"))
    style.beside(ax, place, words)
