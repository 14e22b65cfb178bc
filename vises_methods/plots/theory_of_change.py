"""The theory of change as it was drawn: from needs to impact, the confidence of each arrow in its line."""

from __future__ import annotations

import math
from itertools import pairwise

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.path import Path

from vises_methods.catalogue import text
from vises_methods.plots import style
from vises_methods.results import Result

KINDS = ("need", "input", "activity", "practice", "output", "outcome", "impact")
HALF_WIDTH = 0.42
Place = tuple[float, float]
CURVE = [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4]
LINES = {"high": "-", "medium": (0, (5, 2)), "low": (0, (1, 1.6)), "unsaid": (0, (1, 1.6))}


def plot(result: Result, *, ax: Axes | None = None, lang: str) -> Axes:
    """Draw a column per kind of node; full lines are sure, dashed ones fairly, dotted ones hardly or not said."""
    nodes, links = result.details["nodes"], result.details["links"]
    places, kinds = _places(nodes, links)
    tallest = int(nodes["kind"].value_counts().max())
    ax = style.axes(ax, height=1.2 + 0.8 * tallest, width=max(style.WIDTH, 1.62 * len(kinds)))
    heights: dict[float, list[float]] = {}
    for column, height in sorted(places.values(), key=lambda place: -place[1]):
        heights.setdefault(column, []).append(height)
    for link in links.to_dict("records"):
        _arrow(ax, places[link["origin"]], places[link["to"]], LINES[link["confidence"]], heights)
    for node in nodes.to_dict("records"):
        _box(ax, places[node["node"]], result.label(node["node"], lang), watched=node["watched"])
    ax.set_xlim(-0.5, len(kinds) - 0.5)
    ax.set_ylim(-tallest + 0.3, 0.7)
    ax.set_yticks([])
    ax.set_xticks(range(len(kinds)), [text(f"language.values.{kind}", lang) for kind in kinds], fontweight="bold")
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.set_xlabel(style.wrapped(text("plots.theory_of_change.key", lang), 110), fontsize=8, color=style.SOFT)
    return ax


def alt_text(result: Result, lang: str) -> str:
    """Tell the theory in words: its nodes by kind and its arrows by confidence."""
    nodes, links = result.details["nodes"], result.details["links"]
    kinds = [kind for kind in KINDS if kind in set(nodes["kind"])]
    listed = text("words.separator", lang).join(
        f"{text(f'language.values.{kind}', lang)}: "
        + ", ".join(result.label(node, lang) for node in nodes.loc[nodes["kind"] == kind, "node"])
        for kind in kinds
    )
    sure = int((links["confidence"] == "high").sum())
    return text("plots.theory_of_change.alt", lang, nodes=listed, links=len(links), sure=sure)


def _places(nodes: pd.DataFrame, links: pd.DataFrame) -> tuple[dict[str, Place], list[str]]:
    """Place the nodes of each column near those that lead to them, so that few arrows cross."""
    kinds = [kind for kind in KINDS if kind in set(nodes["kind"])]
    tallest = nodes["kind"].value_counts().max()
    places: dict[str, Place] = {}
    for column, kind in enumerate(kinds):
        members = nodes.loc[nodes["kind"] == kind, "node"].tolist()
        before = {node: _mean_height(node, links, places) for node in members}
        gap = (tallest - len(members)) / 2
        ordered = sorted(members, key=lambda node: (-before[node], members.index(node)))
        places |= {node: (float(column), -(gap + row)) for row, node in enumerate(ordered)}
    return places, kinds


def _mean_height(node: str, links: pd.DataFrame, places: dict[str, Place]) -> float:
    heights = [places[origin][1] for origin in links.loc[links["to"] == node, "origin"] if origin in places]
    return sum(heights) / len(heights) if heights else 0.0


def _arrow(ax: Axes, origin: Place, to: Place, line: object, heights: dict[float, list[float]]) -> None:
    """Draw an arrow that passes the columns in between where they have no box."""
    if origin[0] == to[0]:
        out = (origin[0] + HALF_WIDTH + 0.11, origin[1]), (to[0] + HALF_WIDTH + 0.11, to[1])
        path = Path([(origin[0] + HALF_WIDTH, origin[1]), *out, (to[0] + HALF_WIDTH, to[1])], CURVE)
        return _draw(ax, path, line)
    way = math.copysign(1.0, to[0] - origin[0])
    points = [(origin[0] + way * HALF_WIDTH, origin[1])]
    for step in range(1, int(abs(to[0] - origin[0]))):
        column = origin[0] + way * step
        straight = origin[1] + (to[1] - origin[1]) * step / abs(to[0] - origin[0])
        gap = min(_gaps(heights[column]), key=lambda height: abs(height - straight))
        points += [(column - way * HALF_WIDTH, gap), (column + way * HALF_WIDTH, gap)]
    points.append((to[0] - way * HALF_WIDTH, to[1]))
    vertices, codes = [points[0]], [Path.MOVETO]
    for start, end in pairwise(points):
        middle = (start[0] + end[0]) / 2
        vertices += [(middle, start[1]), (middle, end[1]), end]
        codes += CURVE[1:]
    return _draw(ax, Path(vertices, codes), line)


def _gaps(heights: list[float]) -> list[float]:
    return [max(heights) + 0.5, *((upper + lower) / 2 for upper, lower in pairwise(heights)), min(heights) - 0.5]


def _draw(ax: Axes, path: Path, line: object) -> None:
    head = "-|>,head_length=5,head_width=2.6"
    ax.add_patch(FancyArrowPatch(path=path, arrowstyle=head, color=style.SOFT, linestyle=line, linewidth=1.2))


def _box(ax: Axes, place: Place, words: str, *, watched: bool) -> None:
    shown = style.wrapped(words, 17)
    half = 0.1 + 0.095 * (shown.count("\n") + 1)
    ax.add_patch(
        FancyBboxPatch(
            (place[0] - HALF_WIDTH, place[1] - half),
            2 * HALF_WIDTH,
            2 * half,
            boxstyle="round,pad=0,rounding_size=0.05",
            facecolor="white",
            edgecolor=style.BLUE if watched else style.VERMILLION,
            linewidth=1.4,
            zorder=3,
        )
    )
    ax.text(
        *place,
        shown,
        ha="center",
        va="center",
        fontsize=8.4,
        color=style.INK,
        zorder=4,
        linespacing=1.05,
        in_layout=False,
    )
