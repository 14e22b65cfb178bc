"""The tree of the framework as an icicle: each box filled as far as its weight is reported, silence hatched."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from vises_methods.catalogue import number, text
from vises_methods.plots import style
from vises_methods.results import Result

EDGES, WRAP, SIZES = (0.0, 0.78, 1.62, 3.0), (22, 26, 62), (8.2, 7.4, 7.0)
FEW = 12
"""Up to so many indicators each has room for two lines."""
OUTSIDE = ("not_applicable", "not_placed")


def plot(result: Result, *, ax: Axes | None = None, lang: str) -> Axes:
    """Draw dimensions, criteria and indicators side by side; what is silent stays hatched."""
    boxes = _boxes(result)
    leaves = sum(box["leaf"] for box in boxes)
    roomy = leaves <= FEW
    ax = style.axes(ax, height=min(11.0, 1.3 + (0.36 if roomy else 0.2) * leaves))
    for box in boxes:
        _draw(ax, box, result, lang, lines=2.5 if roomy else 1.4)
    ax.set_xlim(EDGES[0], EDGES[-1])
    ax.set_ylim(1, 0)
    ax.set_yticks([])
    middles = [(low + high) / 2 for low, high in pairwise(EDGES)]
    ax.set_xticks(middles, [text(f"plots.tree_coverage.level_{level}", lang) for level in (3, 2, 1)])
    ax.tick_params(axis="x", length=0)
    ax.spines[["left", "bottom"]].set_visible(False)
    ax.set_xlabel(style.wrapped(text("plots.tree_coverage.axis", lang), 80), fontsize=8.5)
    return ax


def alt_text(result: Result, lang: str) -> str:
    """Tell how much of each dimension's weight is reported, and how many indicators are silent."""
    boxes = _boxes(result)
    listed = text("words.separator", lang).join(
        f"{result.label(box['code'], lang)}: {number(box['coverage'], lang, '.0%')}"
        for box in boxes
        if box["column"] == 0
    )
    leaves = [box for box in boxes if box["leaf"]]
    silent = sum(box["coverage"] == 0 for box in leaves)
    return text("plots.tree_coverage.alt", lang, dimensions=listed, count=len(leaves), silent=silent)


def _draw(ax: Axes, box: dict[str, Any], result: Result, lang: str, lines: float) -> None:
    column, height = box["column"], box["height"]
    place, width = (EDGES[column], box["top"]), (EDGES[column + 1] - EDGES[column]) * 0.985
    looks: dict[str, Any] = {"linewidth": 0.8, "edgecolor": "white"}
    ax.add_artist(Rectangle(place, width, height, facecolor="white", hatch="////", edgecolor=style.LINE, linewidth=0.8))
    ax.add_artist(Rectangle(place, width * box["coverage"], height, facecolor=style.FILL, **looks))
    name = style.wrapped(result.label(box["code"], lang), WRAP[column]).split("\n")
    room = 1 if box["leaf"] else max(1, int(box["rows"] * lines))
    shown = "\n".join(name[:room]) + ("…" if len(name) > room else "")
    behind = {"facecolor": "white", "edgecolor": "none", "pad": 1.2} if box["coverage"] < 0.6 else None
    words: dict[str, Any] = {"fontsize": SIZES[column], "va": "center", "color": style.INK, "bbox": behind}
    ax.text(place[0] + 0.02, box["top"] + height / 2, shown, linespacing=1.0, in_layout=False, **words)


def _boxes(result: Result) -> list[dict[str, Any]]:
    """Where each node stands: its share of the whole from top to bottom, one column per level."""
    tree = result.details["tree"].astype({"code": str})
    coverage = result.estimates.set_index("measure")["coverage"].astype(float)
    states = result.details["states"].iloc[0]
    top_level = int(tree["level"].max())
    boxes: list[dict[str, Any]] = []
    below: dict[str | None, list[dict[Any, Any]]] = {}
    for row in tree.to_dict("records"):
        below.setdefault(row["parent"] if isinstance(row["parent"], str) else None, []).append(row)
    leaves = _leaves(below, states)

    def lay(codes: list[dict[Any, Any]], top: float, height: float) -> None:
        kept = [row for row in codes if row["weight"] > 0 and leaves[row["code"]] > 0]
        whole = sum(leaves[row["code"]] for row in kept)
        for row in kept:
            share = height * leaves[row["code"]] / whole
            leaf = row["level"] == 1
            known = float(states[row["code"]] == "reported") if leaf else float(coverage.get(row["code"], 0.0))
            column = top_level - int(row["level"])
            rows = leaves[row["code"]]
            place = {"top": top, "height": share, "rows": rows, "leaf": leaf, "column": column}
            boxes.append({str(name): value for name, value in row.items()} | place | {"coverage": known})
            lay(below.get(row["code"], []), top, share)
            top += share

    lay(below.get(None, []), 0.0, 1.0)
    return boxes


def _leaves(below: Mapping[str | None, list[dict[Any, Any]]], states: pd.Series[Any]) -> dict[str, int]:
    """How many indicators under each node apply and are scored; ``below`` are the rows of the tree by their parent."""
    counts: dict[str, int] = {}

    def count(code: str) -> int:
        children = below.get(code)
        if children is None:
            counts[code] = int(code in states.index and states[code] not in OUTSIDE)
        else:
            counts[code] = sum(count(row["code"]) for row in children)
        return counts[code]

    for row in below.get(None, []):
        count(row["code"])
    return counts
