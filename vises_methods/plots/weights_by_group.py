"""What each stakeholder group gives weight to, dimension by dimension."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from vises_methods.catalogue import has_text, number, text
from vises_methods.plots import style
from vises_methods.results import Result


def plot(result: Result, *, ax: Axes | None = None, lang: str) -> Axes:
    """Draw a row per dimension and a mark per set of weights."""
    shares = result.details["weights"]
    ax = style.axes(ax, height=style.rows_height(len(shares), per_row=0.48))
    ax.hlines(range(len(shares)), shares.min(axis=1), shares.max(axis=1), color=style.LINE, linewidth=3, zorder=1)
    for position, name in enumerate(shares.columns):
        colour = style.SOFT if name == "equal" else style.CYCLE[(position - 1) % len(style.CYCLE)]
        marker = "|" if name == "equal" else style.MARKERS[(position - 1) % len(style.MARKERS)]
        looks: dict[str, Any] = {"color": colour, "marker": marker, "s": 62, "zorder": 3}
        ax.scatter(shares[name], range(len(shares)), label=name_of(str(name), result, lang), clip_on=False, **looks)
    style.name_rows(ax, [result.label(dimension, lang) for dimension in shares.index])
    ax.set_xlim(0, min(1.0, shares.to_numpy().max() * 1.1))
    ax.xaxis.set_major_locator(MaxNLocator(8, steps=[1, 2, 5, 10]))
    style.local_numbers(ax, lang, "x", ".0%")
    ax.set_xlabel(text("plots.weights_by_group.axis", lang))
    ax.legend(loc="upper center", bbox_to_anchor=(0.4, -0.2), ncols=2, frameon=False, fontsize=8)
    return ax


def alt_text(result: Result, lang: str) -> str:
    """Tell on which dimension the groups differ most."""
    shares = result.details["weights"]
    least, most = shares.min(axis=1), shares.max(axis=1)
    dimension = str((most - least).idxmax())
    return text(
        "plots.weights_by_group.alt",
        lang,
        sets=shares.shape[1],
        dimension=result.label(dimension, lang),
        low=number(least[dimension], lang, ".0%"),
        high=number(most[dimension], lang, ".0%"),
    )


def name_of(name: str, result: Result, lang: str) -> str:
    """Return what a set of weights is called."""
    key = f"plots.weights_by_group.sets.{name}"
    return text(key, lang) if has_text(key, lang) else result.label(name, lang)
