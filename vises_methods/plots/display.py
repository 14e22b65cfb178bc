"""Showing a figure in a notebook with its words, so that a page or a screen reader can tell what it shows."""

from __future__ import annotations

import struct
import zlib
from typing import Protocol

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from vises_methods.language.display import say_absent
from vises_methods.plots.canvas import Canvas
from vises_methods.results import Result

DOTS_PER_INCH = 160
SHOWN_PER_INCH = 96
COMPRESSION = 3
"""Of PNG: a third of the time of the usual 6, and files hardly larger."""
_PIXELS_PER_METRE = round(DOTS_PER_INCH / 0.0254)


class Plot(Protocol):
    """What a module of this room offers."""

    def plot(self, result: Result, *, ax: Axes | None = None, lang: str) -> Axes:
        """Draw the result on ``ax``, or on a new figure."""
        ...

    def alt_text(self, result: Result, lang: str) -> str:
        """Tell in words what the figure shows."""
        ...


def show(plot: Plot, result: Result, /, *, lang: str) -> None:
    """Draw a result and show the figure with its alternative text.

    Parameters
    ----------
    plot : module of ``vises_methods.plots``
        As in ``show(plots.saturation, result, lang=lang)``.
    result : Result
        Where it has no estimate at all, the reason is shown in place of a figure.
    lang : {"fr", "nl", "en"}
    """
    from IPython.display import display

    if result.not_estimable is not None:
        say_absent(result.not_estimable.sentence(lang), lang=lang)
        return
    figure = plot.plot(result, lang=lang).get_figure(root=True)
    words = plot.alt_text(result, lang)
    assert isinstance(figure, Figure)
    width = round(figure.get_figwidth() * SHOWN_PER_INCH)
    bundle = {"image/png": png(figure), "text/plain": words}
    metadata = {"image/png": {"alt": words, "width": width}}
    display(bundle, metadata=metadata, raw=True)


def png(figure: Figure) -> bytes:
    """Return a figure as PNG, the same bytes on every run.

    It is laid out and then drawn once; ``savefig`` draws a figure with a layout twice, for the same picture. The
    layout and the resolution stay with the figure.
    """
    canvas = figure.canvas if isinstance(figure.canvas, Canvas) else Canvas(figure)
    figure.set_dpi(DOTS_PER_INCH)
    figure.set_facecolor("white")
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            if not axis.get_label_text():
                axis.set_label_coords(0, 0)  # or matplotlib measures all tick labels to place a label without words
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)
        figure.set_layout_engine("none")
    canvas.draw()  # type: ignore[no-untyped-call]
    return _written(np.asarray(canvas.buffer_rgba())[:, :, :3])  # type: ignore[no-untyped-call]


def _written(pixels: NDArray[np.uint8]) -> bytes:
    """Write red, green and blue as PNG, each row as it is.

    Other writers try five filters on each row, which photographs need: on charts, files become a quarter larger and
    writing takes three times as long.
    """
    height, width, _ = pixels.shape
    rows = np.zeros((height, 1 + width * 3), np.uint8)
    rows[:, 1:] = pixels.reshape(height, width * 3)
    parts = {
        b"IHDR": struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0),
        b"pHYs": struct.pack(">2IB", _PIXELS_PER_METRE, _PIXELS_PER_METRE, 1),
        b"IDAT": zlib.compress(rows.data, COMPRESSION),
        b"IEND": b"",
    }
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in parts.items())


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
