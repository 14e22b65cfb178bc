"""A figure as it is written."""

import io

import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from vises_methods.plots.canvas import Canvas
from vises_methods.plots.display import DOTS_PER_INCH, png


def bars():
    figure = Figure(figsize=(3, 2), layout="constrained")
    figure.add_subplot().barh(["oui", "non"], [3, 5], color=["#0072B2", "#D55E00"], alpha=0.4)
    return figure


def test_what_is_written_is_what_was_drawn():
    figure = bars()
    read = Image.open(io.BytesIO(png(figure)))
    assert (read.mode, read.size) == ("RGB", (3 * DOTS_PER_INCH, 2 * DOTS_PER_INCH))
    assert np.allclose(read.info["dpi"], DOTS_PER_INCH, atol=0.05)
    drawn = np.asarray(figure.canvas.buffer_rgba())
    assert (drawn[:, :, 3] == 255).all()
    assert (np.asarray(read) == drawn[:, :, :3]).all()
    assert isinstance(figure.canvas, Canvas)


def test_the_same_figure_gives_the_same_bytes():
    assert png(bars()) == png(bars())
