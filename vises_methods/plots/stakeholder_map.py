"""The stakeholder map: influence and concern, and who was heard."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from vises_methods.catalogue import text
from vises_methods.plots import style
from vises_methods.results import Result


def plot(result: Result, *, ax: Axes | None = None, lang: str) -> Axes:
    """Draw each stakeholder by influence (across) and concern (up); an open mark was never heard."""
    ax = style.axes(ax, height=4.6)
    people = result.details["stakeholders"].dropna(subset=["influence", "concern"])
    for _, together in people.groupby(["influence", "concern"]):
        _place(ax, together, lang)
    for axis, limits in ((ax.set_xlim, (0.4, 5.6)), (ax.set_ylim, (0.6, 5.4))):
        axis(limits)
    ax.set_xticks(range(1, 6))
    ax.set_yticks(range(1, 6))
    ax.grid(color=style.LINE, linewidth=0.6)
    ax.set_xlabel(text("plots.stakeholder_map.influence", lang))
    ax.set_ylabel(text("plots.stakeholder_map.concern", lang))
    style.title(ax, text("plots.stakeholder_map.title", lang))
    return ax


def alt_text(result: Result, lang: str) -> str:
    """Tell the map in words: how many stakeholders, who has most at stake, who was not heard."""
    people = result.details["stakeholders"]
    top = people.loc[people["concern"] == people["concern"].max(), "label"].tolist()
    silent = people.loc[people["heard"] == 0, "label"].tolist()
    return text(
        "plots.stakeholder_map.alt", lang, count=len(people), top=top, silent=silent or [text("plots.nobody", lang)]
    )


def _place(ax: Axes, together: pd.DataFrame, lang: str) -> None:
    influence, concern = together[["influence", "concern"]].astype(float).to_numpy()[0]
    heard = bool((together["heard"] > 0).any())
    colour = style.BLUE if heard else "white"
    ax.scatter(influence, concern, s=70, zorder=3, linewidths=1.6, edgecolors=style.BLUE, c=colour)
    silent = f" ({text('plots.stakeholder_map.not_heard', lang)})"
    names = [
        style.wrapped(f"{label}{'' if count else silent}", 30)
        for label, count in zip(together["label"], together["heard"], strict=True)
    ]
    side = -1 if influence > 3 else 1
    ax.annotate(
        "\n".join(names),
        (influence, concern),
        xytext=(9 * side, 0),
        textcoords="offset points",
        ha="right" if side < 0 else "left",
        va="center",
        fontsize=8.5,
        color=style.INK,
    )
