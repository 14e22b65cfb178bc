"""The outputs that stand in the committed notebooks are those that the code gives today.

The notebooks are run by ``showcase.py``, as a user would, into a folder of their own, and compared
cell by cell with nbval's comparison: text, tables, sentences, and the published results exactly. Of a figure the
words are compared and not the pixels, which depend on the fonts of the machine.

After a change that is meant, run ``tests/notebooks/showcase.py`` and read the difference before it is committed.
"""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from nbval.plugin import IPyNbCell, coalesce_streams, nocolors

from vises_methods.media_type import MIME

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "notebooks"
COMMITTED = {path.stem: nbformat.read(path, as_version=4) for path in sorted(FOLDER.glob("*.ipynb"))}
pytestmark = pytest.mark.long
LEFT_ASIDE = ("metadata", "traceback", "output_type", "name", "execution_count", "image/png")


@pytest.fixture(scope="session")
def executed(tmp_path_factory) -> dict[str, nbformat.NotebookNode]:
    """Return every notebook as it comes out of a run made now, by name."""
    require_any_outputs()
    found = spec_from_file_location("showcase", Path(__file__).with_name("showcase.py"))
    showcase = module_from_spec(found)
    found.loader.exec_module(showcase)
    return showcase.run_showcase(tmp_path_factory.mktemp("outputs"))


def require_any_outputs() -> None:
    if not any(carries_outputs(notebook) for notebook in COMMITTED.values()):
        pytest.skip("no committed notebook carries outputs yet: run tests/notebooks/showcase.py")


def require_outputs(stem: str) -> None:
    """Notebooks are first committed with outputs all at once; from then on one without them is a fault."""
    require_any_outputs()
    assert carries_outputs(COMMITTED[stem]), f"{stem} was committed without its outputs"


def carries_outputs(notebook) -> bool:
    return any(cell.get("outputs") for cell in notebook.cells)


def differences(committed, new) -> dict[str, list[str]]:
    """Return, by cell, what nbval finds to differ."""
    made = {cell.id: cell for cell in new.cells if cell.cell_type == "code"}
    found = {}
    for cell in committed.cells:
        if cell.cell_type == "code":
            told = told_by_nbval(cell.outputs, made[cell.id].outputs) + words_that_differ(
                cell.outputs, made[cell.id].outputs
            )
            if told:
                found[cell.id] = told
    return found


def told_by_nbval(reference: list, test: list) -> list[str]:
    cell = SimpleNamespace(colors=nocolors, sanitize=lambda value: value, comparison_traceback=[])
    cell.format_output_compare = lambda key, left, right: cell.comparison_traceback.append(
        f"{key}: {left!r} now {right!r}"
    )
    same = IPyNbCell.compare_outputs(cell, coalesce_streams(test), coalesce_streams(reference), LEFT_ASIDE)
    return [] if same else [line[:3000] for line in cell.comparison_traceback]


def words_that_differ(reference: list, test: list) -> list[str]:
    before, now = alternative_texts(reference), alternative_texts(test)
    return [] if before == now else [f"alternative texts: {before!r} now {now!r}"]


def alternative_texts(outputs: list) -> list[str | None]:
    figures = [output for output in outputs if "image/png" in output.get("data", {})]
    return [output.metadata.get("image/png", {}).get("alt") for output in figures]


@pytest.mark.parametrize("stem", COMMITTED)
def test_the_committed_outputs_are_those_of_today(stem, executed):
    require_outputs(stem)
    assert differences(COMMITTED[stem], executed[stem]) == {}


@pytest.mark.parametrize("stem", COMMITTED)
def test_a_committed_notebook_shows_no_error_and_no_place_of_a_machine(stem):
    """What is committed is read on the web by people who run nothing."""
    for cell in COMMITTED[stem].cells:
        outputs = cell.get("outputs", [])
        assert [output.output_type for output in outputs if output.output_type in ("error", "stream")] == [], cell.id
        written = nbformat.writes(nbformat.v4.new_notebook(cells=[cell]))
        assert str(ROOT) not in written, cell.id
        assert str(Path.home()) not in written, cell.id


@pytest.mark.parametrize("stem", COMMITTED)
def test_every_committed_figure_says_in_words_what_it_shows(stem):
    for cell in COMMITTED[stem].cells:
        figures = [output for output in cell.get("outputs", []) if "image/png" in output.get("data", {})]
        assert alternative_texts(figures) == [output.data["text/plain"] for output in figures], cell.id


def test_a_changed_number_sentence_or_figure_would_be_found():
    """The comparison can fail: the last digit of a result, a sentence, the words of a figure."""

    def cell(number: float, sentence: str, alt: str):
        data = {MIME: {"name": "a", "result": {"value": number}}, "text/html": sentence, "image/png": f"pixels {alt}"}
        output = nbformat.v4.new_output("display_data", data, metadata={"image/png": {"alt": alt}})
        return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("a", id="a", outputs=[output])])

    committed = cell(0.1234567891, "One text.", "A curve.")
    assert differences(committed, cell(0.1234567891, "One text.", "A curve.")) == {}
    assert "0.1234567892" in differences(committed, cell(0.1234567892, "One text.", "A curve."))["a"][0]
    assert differences(committed, cell(0.1234567891, "Two texts.", "A curve."))["a"]
    assert differences(committed, cell(0.1234567891, "One text.", "A line."))["a"]
