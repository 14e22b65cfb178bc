"""What our figures are drawn on: lines as long as matplotlib's own, and as dark."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from vises_methods.plots import canvas, display

WORDS = "Bénéficiaires qui répondent « oui » à la 2e vague (n = 34)"


def pixels(kind, **looks):
    figure = Figure(figsize=(4, 1), dpi=display.DOTS_PER_INCH)
    drawn = kind(figure)
    figure.text(0.02, 0.4, looks.pop("words", WORDS), **looks)
    drawn.draw()
    return 255 - np.asarray(drawn.buffer_rgba())[:, :, :3].astype(float).mean(axis=2)


@pytest.mark.parametrize("size", [7.8, 9, 10])
@pytest.mark.parametrize("weight", ["normal", "bold"])
def test_a_line_is_as_large_as_matplotlibs_and_stands_within_a_pixel_of_it(size, weight):
    looks = {"fontsize": size, "fontweight": weight}
    ours, theirs = pixels(canvas.Canvas, **looks), pixels(FigureCanvasAgg, **looks)
    assert ours.sum() == pytest.approx(theirs.sum(), rel=0.05)
    for axis in (0, 1):
        inked, inked_by_them = (np.flatnonzero(page.sum(axis=axis) > 200) for page in (ours, theirs))
        assert inked[[0, -1]] == pytest.approx(inked_by_them[[0, -1]], abs=1)


@pytest.mark.parametrize(
    "looks",
    [{"rotation": 90, "words": "30 %"}, {"words": "$x^2$"}, {"antialiased": False}, {"fontfeatures": ["-liga"]}],
)
def test_what_is_no_plain_line_is_drawn_by_matplotlib(looks):
    assert (pixels(canvas.Canvas, **looks) == pixels(FigureCanvasAgg, **looks)).all()


def test_a_line_keeps_its_colour_and_how_much_shows_through():
    figure = Figure(figsize=(1, 1), dpi=100)
    drawn = canvas.Canvas(figure)
    figure.text(0.1, 0.2, "■", fontsize=40, color="#0072B2", alpha=0.5)
    drawn.draw()
    middle = np.asarray(drawn.buffer_rgba())[65, 30, :3]
    assert middle == pytest.approx([127, 184, 216], abs=2)


@pytest.mark.parametrize("weight", ["normal", "bold"])
@pytest.mark.parametrize("words", [WORDS, "agir 行動 ensemble"])
@pytest.mark.filterwarnings("ignore:Glyph .* missing:UserWarning")
def test_a_line_is_measured_as_matplotlib_measures_it_even_with_letters_of_other_fonts(words, weight):
    looks = FontProperties(weight=weight, size=9)
    ours, theirs = (kind(Figure(dpi=160)).get_renderer() for kind in (canvas.Canvas, FigureCanvasAgg))
    measured, measured_by_them = (
        each.get_text_width_height_descent(words, looks, ismath=False) for each in (ours, theirs)
    )
    assert measured == measured_by_them


@pytest.mark.parametrize("size", [8, 10.5])
def test_lines_above_one_another_are_as_far_apart_as_matplotlibs(size):
    figure = Figure(figsize=(4, 2), dpi=display.DOTS_PER_INCH)
    words = figure.text(0.1, 0.5, "Oui\net non\nou Égal", fontsize=size, linespacing=1.3)
    ours, theirs = canvas.Canvas(figure).get_renderer(), FigureCanvasAgg(figure).get_renderer()
    assert words.get_window_extent(ours).bounds == words.get_window_extent(theirs).bounds


def test_a_figure_made_larger_is_drawn_anew():
    figure = Figure(figsize=(1, 1), dpi=50)
    drawn = canvas.Canvas(figure)
    first = drawn.get_renderer()
    assert drawn.get_renderer() is first
    figure.set_dpi(100)
    assert drawn.get_renderer().width == 100
