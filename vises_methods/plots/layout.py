"""Making room in a figure for the words around its axes.

Matplotlib's constrained layout measures everything twice, since what it measured may change when the axes become
smaller. Figures here have one axes: its ticks, which cost most, are measured again only where others came.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis, Tick
from matplotlib.backend_bases import RendererBase
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

PAD = 3 / 72
"""Left free at each side, in inches; as much as matplotlib leaves."""
BESIDE = "beside the axes"
"""The ``gid`` of words that hang at a side of the axes, as far from it whatever its size: they are measured once."""


def fit(figure: Figure, renderer: RendererBase) -> bool:
    """Place a figure's axes so that all around it is inside; tell whether that could be done.

    It cannot where the figure has several axes, or where no room is left for the axes: then nothing is moved.
    """
    if len(figure.axes) != 1:
        return False
    (axes,) = figure.axes
    original = axes.get_position(original=True)
    for _ in range(2):
        ticks = _tick_places(axes)
        own = axes.get_tightbbox(renderer, bbox_extra_artists=[], for_layout_only=True)
        hanging = _boxes((words for words in axes.texts if words.get_gid() == BESIDE), renderer)
        around = _around(axes, [*([] if own is None else [own]), *hanging])
        if not _place(figure, axes, np.maximum(around, _around(axes, _others(axes, renderer)))):
            axes.set_position(original)
            return False
        if _tick_places(axes) == ticks:
            break
    return _place(figure, axes, np.maximum(around, _around(axes, _others(axes, renderer))))


def _tick_places(axes: Axes) -> list[list[float]]:
    return [list(axis.get_majorticklocs()) for axis in (axes.xaxis, axes.yaxis)]


def _others(axes: Axes, renderer: RendererBase) -> Iterable[Bbox]:
    """Measure what reaches out of the axes as far as their size decides: words, legends, smaller axes, outer ticks."""
    extra = (artist for artist in axes.get_default_bbox_extra_artists() if artist.get_gid() != BESIDE)
    outer = [words for axis in (axes.xaxis, axes.yaxis) for words in _outer_labels(axis)] if axes.axison else []
    return _boxes((*extra, *outer), renderer)


def _boxes(artists: Iterable[Artist], renderer: RendererBase) -> Iterable[Bbox]:
    for artist in artists:
        box = artist.get_tightbbox(renderer)
        if box is not None and all(0 < length < math.inf for length in (box.width, box.height)):
            yield box


def _outer_labels(axis: Axis) -> Iterable[Text]:
    """Return the labels of the first and of the last tick of an axis."""
    low, high = sorted(axis.get_view_interval())
    ticks = sorted((tick for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high), key=Tick.get_loc)
    return (label for tick in {*ticks[:1], *ticks[-1:]} for label in (tick.label1, tick.label2) if label.get_visible())


def _around(axes: Axes, boxes: Iterable[Bbox]) -> NDArray[np.float64]:
    """Return how far boxes reach out of the axes in pixels: at the left, below, at the right, above."""
    inner = axes.get_window_extent()
    reach = [(inner.x0 - box.x0, inner.y0 - box.y0, box.x1 - inner.x1, box.y1 - inner.y1) for box in boxes]
    furthest: NDArray[np.float64] = np.max([(0.0, 0.0, 0.0, 0.0), *reach], axis=0)
    return furthest


def _place(figure: Figure, axes: Axes, around: NDArray[np.float64]) -> bool:
    size = np.array([figure.bbox.width, figure.bbox.height])
    edges = np.concatenate([around[:2], size - around[2:]]) + PAD * figure.dpi * np.array([1, 1, -1, -1])
    left, foot, right, top = edges / np.tile(size, 2)
    if right <= left or top <= foot:
        return False
    axes.set_position((left, foot, right - left, top - foot))
    return True
