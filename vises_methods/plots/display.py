"""Showing a figure in a notebook with its words, so that a page or a screen reader can tell what it shows."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from vises_methods.language.display import say_absent
from vises_methods.plots import layout, picture
from vises_methods.plots.canvas import Canvas
from vises_methods.results import Result

DOTS_PER_INCH = 160
SHOWN_PER_INCH = 96


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
    for axes in (each for outer in figure.axes for each in (outer, *outer.child_axes)):
        axes.spines[:].set_in_layout(False)  # the labels reach further, and are measured anyway
        for axis in (axes.xaxis, axes.yaxis):
            if not axis.get_label_text():
                axis.set_label_coords(0, 0)  # or matplotlib measures all tick labels to place a label without words
    engine = figure.get_layout_engine()
    if engine is not None:
        if not layout.fit(figure, canvas.get_renderer()):
            engine.execute(figure)
        figure.set_layout_engine("none")
    canvas.draw()  # type: ignore[no-untyped-call]
    return picture.png(np.asarray(canvas.buffer_rgba()), DOTS_PER_INCH)  # type: ignore[no-untyped-call]
