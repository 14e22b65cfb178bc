"""Room for the words around axes: as matplotlib's constrained layout makes it, measured less often."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from vises_methods.plots import canvas, layout


def figure_of(draw, size=(6, 3)):
    figure = Figure(figsize=size, dpi=100, layout="constrained")
    canvas.Canvas(figure)
    draw(figure.add_subplot())
    return figure


def long_names(ax):
    ax.set_yticks([0, 1], ["Een heel lange naam voor een rij", "b"])
    ax.set_title("Un titre\nde deux lignes")


def words_beside(ax):
    ax.annotate("12 personnes sur 40", (1.02, 0.5), xycoords=("axes fraction", "data"))
    ax.plot([0, 123_456], [0, 1])


def legend_below(ax):
    ax.plot([0, 1], [0, 1e-3], label="groupe")
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2))


def small_axes_inside(ax):
    ax.set_axis_off()
    ax.inset_axes((0.02, 0.1, 0.4, 0.8)).plot([0, 1], [0, 98_765])
    ax.inset_axes((0.55, 0.1, 0.4, 0.8)).set_xlabel("jaar")


def wide_heads(ax):
    ax.set_xticks([0, 1, 2], ["a", "b", "doelgroepmedewerkers"])
    ax.set_xlim(-0.5, 2.5)
    ax.xaxis.tick_top()
    ax.set_yticks([0], ["un nom assez long"])


def crowded_marks(ax):
    ax.plot([0, 1], [0, 1])
    ax.set_ylabel("un nom\nde trois\nlignes", fontsize=30)


@pytest.mark.parametrize("draw", [long_names, words_beside, legend_below, small_axes_inside, wide_heads, crowded_marks])
@pytest.mark.parametrize("size", [(6, 3), (3, 2.2)])
def test_the_axes_stand_where_matplotlib_puts_them(draw, size):
    ours, theirs = figure_of(draw, size), figure_of(draw, size)
    assert layout.fit(ours, ours.canvas.get_renderer())
    theirs.get_layout_engine().execute(theirs)
    placed, placed_by_them = (figure.axes[0].get_window_extent().extents for figure in (ours, theirs))
    assert placed == pytest.approx(placed_by_them, abs=1)


@pytest.mark.parametrize("draw", [long_names, words_beside, legend_below, small_axes_inside, wide_heads, crowded_marks])
def test_everything_is_inside_the_figure(draw):
    figure = figure_of(draw)
    assert layout.fit(figure, figure.canvas.get_renderer())
    box = figure.axes[0].get_tightbbox(figure.canvas.get_renderer(), for_layout_only=True)
    assert (box.min >= 0).all()
    assert (box.max <= figure.bbox.max).all()


def test_several_axes_are_left_to_matplotlib():
    figure = Figure()
    figure.subplots(2)
    before = [axes.get_position().extents for axes in figure.axes]
    assert not layout.fit(figure, canvas.Canvas(figure).get_renderer())
    assert np.array_equal(before, [axes.get_position().extents for axes in figure.axes])


def test_without_room_nothing_is_moved():
    figure = figure_of(long_names, size=(1, 1))
    before = figure.axes[0].get_position().extents
    assert not layout.fit(figure, figure.canvas.get_renderer())
    assert np.array_equal(before, figure.axes[0].get_position().extents)
