"""How figures look: colours told apart by everyone, room for long labels, nothing set for other people's figures."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import ArrayLike, NDArray

from vises_methods.catalogue import number
from vises_methods.plots.canvas import Canvas
from vises_methods.plots.layout import BESIDE

BLUE, VERMILLION, GREEN, PURPLE, INDIGO, WINE = "#0072B2", "#D55E00", "#117733", "#AA4499", "#332288", "#882255"
RUST = "#B84E00"
"""Vermillion as dark as words must be, or what white words stand on."""
CYCLE = (BLUE, VERMILLION, GREEN, PURPLE, INDIGO, WINE)
INK, SOFT, LINE, WASH = "#1d2733", "#5b6770", "#c9d2da", "#eef2f5"
FILL = "#5f93c2"
MARKERS = ("o", "s", "D", "^", "v", "P")
WIDTH = 7.6
DARK = 0.95
"""The shade of a cell from which white words are read better than black ones."""


def axes(ax: Axes | None, height: float = 3.6, width: float = WIDTH) -> Axes:
    """Return ``ax``, or the axes of a new figure of the given size in inches, quietly styled."""
    if ax is None:
        figure = Figure(figsize=(width, height), layout="constrained")
        Canvas(figure)
        ax = figure.add_subplot()
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[["left", "bottom"]].set_color(SOFT)
    ax.tick_params(colors=INK, labelsize=9, length=3, color=SOFT)
    ax.set_axisbelow(True)
    return ax


def rows_height(rows: int, per_row: float = 0.34, least: float = 1.9, most: float = 11.0) -> float:
    """Return the height in inches that ``rows`` lines of a chart need."""
    return min(most, max(least, 0.95 + per_row * rows))


def wrapped(label: object, width: int = 34) -> str:
    """Break a long label over lines."""
    return "\n".join(textwrap.wrap(str(label), width, break_long_words=False)) or str(label)


def title(ax: Axes, words: str) -> None:
    """Set the title at the left, where reading begins."""
    ax.set_title(wrapped(words, 84), loc="left", fontsize=10, color=INK, fontweight="bold")


def name_rows(ax: Axes, labels: list[str], width: int = 34) -> list[Text]:
    """Put labels beside the rows, the first at the top; all are set smaller where one is longer than a line."""
    looks: dict[str, Any] = {"fontsize": 9}
    if any(len(label) > width for label in labels):
        width, looks = round(1.2 * width), {"fontsize": 7.8, "linespacing": 0.95}
    return words_of_rows(ax, [wrapped(label, width) for label in labels], **looks)


def words_of_rows(ax: Axes, labels: Sequence[str], gap: float = 6, **looks: Any) -> list[Text]:
    """Put words at the left of the rows, ``gap`` points away; ticks of an axis would take ten times as long to make."""
    ax.set_yticks([])
    ax.set_ylim(len(labels) - 0.5, -0.5)
    place, _, _ = ax.get_yaxis_text1_transform(gap)
    looks = {"ha": "right", "va": "center", "color": INK, "gid": BESIDE} | looks
    return [ax.text(0, row, label, transform=place, **looks) for row, label in enumerate(labels)]


def shaded_cells(ax: Axes, shades: NDArray[np.float64], words: Sequence[Sequence[str]], size: float = 8.5) -> None:
    """Shade cells from 0, white, to 1, and write in each; the words turn white where the shade is dark.

    Parameters
    ----------
    ax : Axes
    shades : array (rows, columns)
    words : sequence of sequence of str
        What is written in each cell.
    size : float
        Of the words, in points.
    """
    ax.imshow(shades, cmap="Blues", vmin=0, vmax=1.35, aspect="auto")
    for (row, column), shade in np.ndenumerate(shades):
        ink = "white" if shade > DARK else "black"
        looks: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": size, "color": ink}
        ax.text(column, row, words[row][column], in_layout=False, **looks)


def hatched_cells(ax: Axes, hidden: NDArray[np.bool_], words: str) -> None:
    """Hatch the cells whose number is withheld, and say under the table what the hatching means.

    Parameters
    ----------
    ax : Axes
    hidden : array (rows, columns)
    words : str
        The legend; shown where a cell is hatched.
    """
    for row, column in np.argwhere(hidden):
        place = (column - 0.5, row - 0.5)
        ax.add_patch(Rectangle(place, 1, 1, facecolor=WASH, edgecolor=SOFT, hatch="////", linewidth=0))
    if hidden.any():
        ax.set_xlabel(wrapped(words, 60), fontsize=8, color=INK, loc="left")
        ax.xaxis.set_label_position("bottom")


def head_columns(ax: Axes, heads: Sequence[str], size: float = 8) -> None:
    """Put heads above the columns of a table of cells, without lines around it."""
    ax.set_xticks(range(len(heads)), heads, fontsize=size)
    ax.xaxis.tick_top()
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)


def bars(
    ax: Axes, rows: Sequence[float], widths: ArrayLike, *, left: ArrayLike = 0.0, height: float, **looks: Any
) -> None:
    """Draw horizontal bars as one artist; a bar of its own for each row takes ten times as long to draw.

    The limits of the axes are the caller's to set.

    Parameters
    ----------
    ax : Axes
    rows : sequence of float
        The middle of each bar.
    widths, left : float or sequence of float
        How wide each is, and where it begins.
    height : float
    **looks
        As a collection's: ``facecolors``, ``edgecolors``, ``alpha``…
    """
    low = np.broadcast_to(np.asarray(left, dtype=float), len(rows))
    high = low + np.asarray(widths, dtype=float)
    foot = np.asarray(rows, dtype=float) - height / 2
    corners = [(low, foot), (high, foot), (high, foot + height), (low, foot + height)]
    outlines = np.stack([np.stack(corner, axis=1) for corner in corners], axis=1)
    ax.add_collection(PolyCollection(list(outlines), **looks))


def local_numbers(ax: Axes, lang: str, which: str = "x", spec: str = "") -> None:
    """Write the numbers along an axis as the language does."""
    axis = ax.xaxis if which == "x" else ax.yaxis
    axis.set_major_formatter(FuncFormatter(lambda value, _: number(round(value, 10), lang, spec)))


def whole_numbers(ax: Axes, which: str = "x") -> None:
    """Put marks on whole numbers only."""
    axis = ax.xaxis if which == "x" else ax.yaxis
    axis.set_major_locator(MaxNLocator(integer=True))


def beside(ax: Axes, place: float, words: str, colour: str = SOFT) -> None:
    """Write words at the right of a row."""
    ink = RUST if colour == VERMILLION else colour
    ax.annotate(words, (1.02, place), xycoords=("axes fraction", "data"), va="center", fontsize=7.8, color=ink)


def note_on_axes(ax: Axes, words: str) -> Axes:
    """Say in the empty axes why there is nothing to draw."""
    ax.set_axis_off()
    ax.text(0.5, 0.5, wrapped(words, 70), ha="center", va="center", color=SOFT, transform=ax.transAxes, fontsize=10)
    return ax
