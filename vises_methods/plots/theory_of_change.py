"""The theory of change as it was drawn: from needs to impact, the confidence of each arrow in its line."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from vises_methods.catalogue import text
from vises_methods.plots import style
from vises_methods.results import Result

KINDS = ("need", "input", "activity", "practice", "output", "outcome", "impact")
LINES = {"high": "-", "medium": (0, (5, 2)), "low": (0, (1, 1.6)), "unsaid": (0, (1, 1.6))}


def plot(result: Result, *, ax: Axes | None = None, lang: str) -> Axes:
    """Draw a column per kind of node; full lines are sure, dashed ones fairly, dotted ones hardly or not said."""
    nodes = result.details["nodes"]
    places, kinds = _places(nodes)
    tallest = int(nodes["kind"].value_counts().max())
    ax = style.axes(ax, height=1.3 + 0.86 * tallest, width=max(style.WIDTH, 1.75 * len(kinds)))
    for link in result.details["links"].to_dict("records"):
        ax.annotate(
            "",
            places[link["to"]],
            places[link["origin"]],
            arrowprops={
                "arrowstyle": "-|>",
                "color": style.SOFT,
                "linestyle": LINES[link["confidence"]],
                "linewidth": 1.2,
                "shrinkA": 30,
                "shrinkB": 30,
                "connectionstyle": "arc3,rad=0.06",
            },
        )
    for node in nodes.to_dict("records"):
        ax.text(
            *places[node["node"]],
            style.wrapped(result.label(node["node"], lang), 19),
            ha="center",
            va="center",
            fontsize=7.6,
            color=style.INK,
            zorder=4,
            bbox={
                "boxstyle": "round,pad=0.35",
                "facecolor": "white",
                "edgecolor": style.BLUE if node["watched"] else style.VERMILLION,
                "linewidth": 1.3,
            },
        )
    ax.set_xlim(-0.55, len(kinds) - 0.45)
    ax.set_ylim(-tallest + 0.4, 0.6)
    ax.set_yticks([])
    ax.set_xticks(range(len(kinds)), [text(f"language.values.{kind}", lang) for kind in kinds], fontweight="semibold")
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.set_xlabel(text("plots.theory_of_change.key", lang), fontsize=8, color=style.SOFT)
    return ax


def alt_text(result: Result, lang: str) -> str:
    """Tell the theory in words: its nodes by kind and its arrows by confidence."""
    nodes, links = result.details["nodes"], result.details["links"]
    kinds = [kind for kind in KINDS if kind in set(nodes["kind"])]
    listed = "; ".join(
        f"{text(f'language.values.{kind}', lang)}: "
        + ", ".join(result.label(node, lang) for node in nodes.loc[nodes["kind"] == kind, "node"])
        for kind in kinds
    )
    sure = int((links["confidence"] == "high").sum())
    return text("plots.theory_of_change.alt", lang, nodes=listed, links=len(links), sure=sure)


def _places(nodes: pd.DataFrame) -> tuple[dict[str, tuple[float, float]], list[str]]:
    kinds = [kind for kind in KINDS if kind in set(nodes["kind"])]
    tallest = nodes["kind"].value_counts().max()
    places = {}
    for column, kind in enumerate(kinds):
        members = nodes.loc[nodes["kind"] == kind, "node"]
        gap = (tallest - len(members)) / 2
        places |= {node: (float(column), -(gap + row)) for row, node in enumerate(members)}
    return places, kinds
