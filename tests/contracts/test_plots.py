"""Every figure is built alike, says in words what it shows, and leaves other people's figures alone.

Held on real results of two enterprises of the demonstration: one with everything, one where everything is unusual.
"""

import ast
import inspect
import re
import subprocess
import sys
import warnings
from collections.abc import Callable
from itertools import pairwise, product
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text

from vises_methods import plots
from vises_methods.catalogue import LANGUAGES
from vises_methods.plots.display import png
from vises_methods.plots.layout import BESIDE
from vises_methods.results import Result

NAMES = sorted(set(plots.__all__) - {"Plot", "show"})
PACKAGE = Path(plots.__file__).parent
ENTERPRISES = ("vire-lune", "marmite-zinneke")
Results = Callable[[str], dict[str, Result]]


WITHOUT_A_FIGURE = {
    ("balance", "marmite-zinneke"): "synthesis.reasons.no_comparison",
    ("forest", "marmite-zinneke"): "synthesis.reasons.nothing_published",
    ("series_course", "marmite-zinneke"): "synthesis.reasons.no_series",
    ("specification_curve", "marmite-zinneke"): "synthesis.reasons.no_comparison",
}
DRAWN = [pair for pair in product(NAMES, ENTERPRISES) if pair not in WITHOUT_A_FIGURE]


@pytest.fixture(params=DRAWN, ids="-".join)
def figure(request, results_of: Results):
    name, enterprise = request.param
    known = results_of(enterprise)
    assert name in known, f"tests/contracts/conftest.py does not yet say what {name} is drawn from"
    return getattr(plots, name), known[name]


def drawn(module, result: Result, lang: str) -> Axes:
    canvas = Figure(layout="constrained")
    FigureCanvasAgg(canvas)
    return module.plot(result, ax=canvas.add_subplot(), lang=lang)


def words_on(ax: Axes) -> list[str]:
    """Return every word that stands on the figure, the panels within it included."""
    return [found.get_text() for found in ax.figure.findobj(Text) if found.get_text().strip()]


def shown_to_readers(figure) -> tuple[object, Result]:
    module, result = figure
    assert result.not_estimable is None, "this enterprise has no such figure: say so in WITHOUT_A_FIGURE"
    return module, result


@pytest.mark.parametrize(("name", "enterprise"), WITHOUT_A_FIGURE)
def test_where_there_is_no_figure_readers_get_a_reason(name, enterprise, results_of: Results):
    reason = results_of(enterprise)[name].not_estimable
    assert reason.code == WITHOUT_A_FIGURE[name, enterprise]
    assert len({reason.sentence(lang) for lang in LANGUAGES}) == len(LANGUAGES)


@pytest.mark.parametrize("name", NAMES)
def test_a_module_offers_a_figure_and_its_words(name):
    module = getattr(plots, name)
    assert (
        str(inspect.signature(module.plot)) == "(result: 'Result', *, ax: 'Axes | None' = None, lang: 'str') -> 'Axes'"
    )
    assert str(inspect.signature(module.alt_text)) == "(result: 'Result', lang: 'str') -> 'str'"
    assert inspect.getdoc(module.plot)
    assert inspect.getdoc(module.alt_text)


def test_every_module_of_the_room_is_offered():
    ground = {"__init__", "canvas", "display", "layout", "picture", "style"}
    assert {path.stem for path in PACKAGE.glob("*.py")} - ground == set(NAMES)


@pytest.mark.parametrize("path", sorted(PACKAGE.glob("*.py")), ids=lambda path: path.stem)
def test_no_module_uses_pyplot_or_shows_or_sets_a_style(path):
    """pyplot holds figures of the whole process: in a batch they leak, and a style set there is everybody's."""
    source = path.read_text(encoding="utf-8")
    imported = {
        f"{node.module or ''}.{alias.name}" if isinstance(node, ast.ImportFrom) else alias.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert not any("pyplot" in name or name.startswith("seaborn") for name in imported)
    assert (
        re.findall(
            r"rcParams(?!\[[^]]*\] (?:is|==) )|rc_context|style\.use|set_theme|set_style|matplotlib\.use|plt\.", source
        )
        == []
    )


def test_the_room_as_a_whole_leaves_pyplot_out():
    """Nor through a library: pyplot chooses a window system when it is first imported."""
    told = "import sys, vises_methods.plots; print('matplotlib.pyplot' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


def test_it_draws_on_the_axes_it_was_given(figure):
    module, result = shown_to_readers(figure)
    canvas = Figure()
    ax = canvas.add_subplot()
    assert module.plot(result, ax=ax, lang="fr") is ax
    assert ax.figure is canvas
    assert [each for each in canvas.axes if each is not ax and each not in ax.child_axes] == []
    assert words_on(ax)


def cut_off(figure: Figure) -> list[str]:
    """Return the words of a drawn figure that do not stand on it whole."""
    written = [*figure.texts]
    for ax in figure.findobj(Axes):
        legend = ax.get_legend()
        written += [ax.title, *ax.texts, *(legend.get_texts() if legend else ())]
        for axis, limits in ((ax.xaxis, ax.get_xlim()), (ax.yaxis, ax.get_ylim())):
            if ax.axison and axis.get_visible():
                places = zip(axis.get_ticklocs(), axis.get_ticklabels(), strict=True)
                low, high = sorted(limits)
                written += [axis.label, *(label for place, label in places if low <= place <= high)]
    shown = [words for words in written if words.get_visible() and words.get_text().strip()]
    whole = figure.bbox.padded(1)
    boxes = [(words.get_text(), words.get_window_extent()) for words in shown]
    return [words for words, box in boxes if not (whole.contains(*box.min) and whole.contains(*box.max))]


def crowded(figure: Figure) -> list[tuple[str, str]]:
    """Return the pairs of words along an axis that lie on one another."""
    found = []
    for ax in figure.findobj(Axes):
        for axis, limits in ((ax.xaxis, ax.get_xlim()), (ax.yaxis, ax.get_ylim())):
            if ax.axison and axis.get_visible():
                low, high = sorted(limits)
                places = zip(axis.get_ticklocs(), axis.get_ticklabels(), strict=True)
                shown = [words for place, words in sorted(places, key=lambda pair: pair[0]) if low <= place <= high]
                shown += [words for words in ax.texts if axis is ax.yaxis and words.get_gid() == BESIDE]
                shown = [words for words in shown if words.get_visible() and words.get_text().strip()]
                boxes = [words.get_window_extent().padded(-1) for words in shown]
                neighbours = zip(pairwise(shown), pairwise(boxes), strict=True)
                found += [
                    (one.get_text(), next_one.get_text())
                    for (one, next_one), (box, next_box) in neighbours
                    if box.overlaps(next_box)
                ]
    return found


def faint(figure: Figure) -> list[str]:
    """Return the words of a figure that weak eyes cannot read on what lies under them."""
    written = [
        (words, under(ax, words))
        for ax in figure.findobj(Axes)
        for words in ax.texts
        if words.get_text().strip() and words.get_visible()
    ]
    return [words.get_text() for words, ground in written if contrast(to_rgb(words.get_color()), ground) < 4.5]


def under(ax: Axes, words: Text) -> tuple[float, ...]:
    """Return the colour that words stand on: of their cell in a picture, of a filled shape, else white."""
    if words.get_bbox_patch() is not None:
        return 1, 1, 1
    box = words.get_window_extent()
    middle = ((box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2)
    filled = [patch.get_facecolor() for patch in ax.patches if patch.contains_point(middle)]
    for shapes in (found for found in ax.collections if isinstance(found, PolyCollection)):
        paths, colours = shapes.get_paths(), shapes.get_facecolor()
        inside = [path.contains_point(middle, shapes.get_transform()) for path in paths]
        filled += [colours[place % len(colours)] for place, holds in enumerate(inside) if holds and len(colours)]
    solid = [colour for colour in filled if colour[3] == 1]
    if solid:
        return to_rgb(solid[-1])
    column, row = np.round(ax.transData.inverted().transform(middle)).astype(int)
    for picture in ax.images:
        shades = picture.get_array()
        if 0 <= row < shades.shape[0] and 0 <= column < shades.shape[1]:
            return to_rgb(picture.to_rgba(shades)[row, column])
    return 1, 1, 1


def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """Return the contrast ratio of two colours (WCAG 2.2, 1.4.3: at least 4.5 for small words)."""
    low, high = sorted(
        sum(share * (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)
            for share, part in zip((0.2126, 0.7152, 0.0722), colour, strict=True))
        for colour in (one, other)
    )  # fmt: skip
    return (high + 0.05) / (low + 0.05)


def test_it_makes_a_figure_of_its_own_otherwise_and_draws_it_without_a_warning(figure):
    """A warning of the drawing is a figure that lacks a letter or has no room: both are seen in print only."""
    module, result = shown_to_readers(figure)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for lang in ("fr", "nl"):
            own = module.plot(result, lang=lang).get_figure(root=True)
            assert png(own).startswith(b"\x89PNG")
            assert cut_off(own) == []
            assert crowded(own) == []
            assert faint(own) == []


def test_settings_of_other_peoples_figures_stay(figure):
    module, result = shown_to_readers(figure)
    before = dict(matplotlib.rcParams)
    drawn(module, result, "en")
    assert dict(matplotlib.rcParams) == before


def test_a_result_is_read_and_not_changed(figure):
    module, result = shown_to_readers(figure)
    before = result.to_json()
    drawn(module, result, "en")
    module.alt_text(result, "en")
    assert result.to_json() == before


def test_labels_are_in_the_language_of_the_reader(figure):
    module, result = shown_to_readers(figure)
    labels = {lang: words_on(drawn(module, result, lang)) for lang in LANGUAGES}
    assert labels["fr"] != labels["nl"]
    assert labels["fr"] != labels["en"]
    assert labels["nl"] != labels["en"]
    counts = {lang: len(words) for lang, words in labels.items()}
    assert len(set(counts.values())) == 1, f"a language says more than another: {counts}"


def test_its_words_are_those_of_the_reader(figure):
    """The alternative text is whole sentences, without a key, code of the program or missing value."""
    module, result = shown_to_readers(figure)
    told = {lang: module.alt_text(result, lang) for lang in LANGUAGES}
    assert len(set(told.values())) == len(LANGUAGES)
    for words in told.values():
        assert len(words) > 30
        assert re.findall(r"\bnan\b|\bNone\b|\bplots\.|\{|\}|<NA>", words) == []


def test_a_result_read_back_from_its_file_gives_the_same_words(figure):
    """Pages are made again from what was stored, at any later time and in any language."""
    module, result = shown_to_readers(figure)
    again = Result.from_json(result.to_json())
    assert module.alt_text(again, "fr") == module.alt_text(result, "fr")
    assert words_on(drawn(module, again, "fr")) == words_on(drawn(module, result, "fr"))
