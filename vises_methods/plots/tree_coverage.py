"""The tree of the framework as an icicle: each box filled as far as its weight is reported, silence hatched."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from vises_methods.catalogue import number, text
from vises_methods.plots import style
from vises_methods.results import Result

EDGES, WRAP, SIZES = (0.0, 0.78, 1.62, 3.0), (22, 26, 62), (8.2, 7.4, 7.0)
OUTSIDE = ("not_applicable", "not_placed")


def plot(result: Result, *, ax: Axes | None = None, lang: str) -> Axes:
    """Draw dimensions, criteria and indicators side by side; what is silent stays hatched."""
    boxes = _boxes(result)
    ax = style.axes(ax, height=min(11.0, 1.3 + 0.2 * sum(box["leaf"] for box in boxes)))
    for box in boxes:
        _draw(ax, box, result, lang)
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
    listed = "; ".join(
        f"{result.label(box['code'], lang)}: {number(box['coverage'], lang, '.0%')}"
        for box in boxes
        if box["column"] == 0
    )
    leaves = [box for box in boxes if box["leaf"]]
    silent = sum(box["coverage"] == 0 for box in leaves)
    return text("plots.tree_coverage.alt", lang, dimensions=listed, count=len(leaves), silent=silent)


def _draw(ax: Axes, box: dict[str, Any], result: Result, lang: str) -> None:
    column, height = box["column"], box["height"]
    place, width = (EDGES[column], box["top"]), (EDGES[column + 1] - EDGES[column]) * 0.985
    looks: dict[str, Any] = {"linewidth": 0.8, "edgecolor": "white"}
    ax.add_patch(Rectangle(place, width, height, facecolor="white", hatch="////", edgecolor=style.LINE, linewidth=0.8))
    ax.add_patch(Rectangle(place, width * box["coverage"], height, facecolor=style.FILL, **looks))
    lines = style.wrapped(result.label(box["code"], lang), WRAP[column]).split("\n")
    room = 1 if box["leaf"] else max(1, int(box["rows"] * 1.4))
    shown = "\n".join(lines[:room]) + ("…" if len(lines) > room else "")
    behind = {"facecolor": "white", "edgecolor": "none", "pad": 1.2} if box["coverage"] < 0.6 else None
    words: dict[str, Any] = {"fontsize": SIZES[column], "va": "center", "color": style.INK, "bbox": behind}
    ax.text(place[0] + 0.02, box["top"] + height / 2, shown, linespacing=1.0, **words)


def _boxes(result: Result) -> list[dict[str, Any]]:
    """Where each node stands: its share of the whole from top to bottom, one column per level."""
    tree = result.details["tree"].astype({"code": str})
    coverage = result.estimates.set_index("measure")["coverage"].astype(float)
    states = result.details["states"].iloc[0]
    top_level = int(tree["level"].max())
    boxes: list[dict[str, Any]] = []

    def lay(codes: pd.DataFrame, top: float, height: float) -> None:
        kept = [row for row in codes.to_dict("records") if row["weight"] > 0 and _applies(row, tree, states)]
        whole = sum(_leaves(row["code"], tree, states) for row in kept)
        for row in kept:
            share = height * _leaves(row["code"], tree, states) / whole
            leaf = row["level"] == 1
            known = float(states[row["code"]] == "reported") if leaf else float(coverage.get(row["code"], 0.0))
            column = top_level - int(row["level"])
            rows = _leaves(row["code"], tree, states)
            place = {"top": top, "height": share, "rows": rows, "leaf": leaf, "column": column}
            boxes.append({str(name): value for name, value in row.items()} | place | {"coverage": known})
            lay(tree[tree["parent"] == row["code"]], top, share)
            top += share

    lay(tree[tree["parent"].isna()], 0.0, 1.0)
    return boxes


def _applies(row: dict[Any, Any], tree: pd.DataFrame, states: pd.Series[Any]) -> bool:
    return _leaves(row["code"], tree, states) > 0


def _leaves(code: str, tree: pd.DataFrame, states: pd.Series[Any]) -> int:
    """How many indicators under a node apply and are scored."""
    below = tree[tree["parent"] == code]
    if below.empty:
        return int(code in states.index and states[code] not in OUTSIDE)
    return sum(_leaves(str(child), tree, states) for child in below["code"])
