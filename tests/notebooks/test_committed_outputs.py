"""The outputs that stand in the committed notebooks are those that the code gives today.

The notebooks of an enterprise are run by the batch itself, as a user would, into a folder of their own, and compared
cell by cell with nbval's comparison: text, tables, sentences, and the published results exactly. Of a figure the
words are compared and not the pixels, which depend on the fonts of the machine.

After a change that is meant, run ``tests/notebooks/showcase.py`` and read the difference before it is committed.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from nbclient import NotebookClient
from nbval.plugin import IPyNbCell, coalesce_streams, nocolors

from vises_methods.results import MIME

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "notebooks"
COMMITTED = {path.stem: nbformat.read(path, as_version=4) for path in sorted(FOLDER.glob("*.ipynb"))}
SCOPE = {stem: notebook.metadata.get("vises", {}).get("scope") for stem, notebook in COMMITTED.items()}
OF_ENTERPRISE = [stem for stem, scope in SCOPE.items() if scope == "enterprise"]
OF_STUDY = [stem for stem, scope in SCOPE.items() if scope == "study"]
ALONE = [stem for stem, scope in SCOPE.items() if scope is None]
ENTERPRISE = "vire-lune"
WHOLE = "VISES_TEST_WHOLE_STUDY"
LEFT_ASIDE = ("metadata", "traceback", "output_type", "name", "execution_count", "image/png")


def run_batch(outputs: Path, *choices: str) -> None:
    command = [
        sys.executable,
        "-m",
        "vises_methods.cli",
        "run",
        "--study",
        "demo",
        "--lang",
        "en",
        "--ui",
        "en",
        *choices,
    ]
    run = subprocess.run(command, cwd=ROOT, env=surroundings(outputs), capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def surroundings(outputs: Path) -> dict[str, str]:
    return {**os.environ, "VISES_HOME": str(ROOT), "VISES_OUTPUTS": str(outputs)}


@pytest.fixture(scope="session")
def executed(tmp_path_factory) -> Path:
    """Return the folder of the notebooks that were just run for one enterprise."""
    require_any_outputs()
    outputs = tmp_path_factory.mktemp("outputs")
    chosen = [part for stem in OF_ENTERPRISE for part in ("--notebook", stem)]
    run_batch(outputs, "--enterprise", ENTERPRISE, "--methodology", "baseline", *chosen)
    return outputs / "demo" / "baseline" / ENTERPRISE


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


@pytest.mark.parametrize("stem", OF_ENTERPRISE)
def test_the_committed_outputs_of_an_enterprise_are_those_of_today(stem, executed):
    require_outputs(stem)
    assert differences(COMMITTED[stem], nbformat.read(executed / f"{stem}.en.ipynb", as_version=4)) == {}


@pytest.mark.parametrize("stem", ALONE)
def test_the_committed_outputs_of_a_notebook_that_stands_alone_are_those_of_today(stem, tmp_path, monkeypatch):
    require_outputs(stem)
    for name, value in surroundings(tmp_path).items():
        monkeypatch.setenv(name, value)
    new = nbformat.from_dict(COMMITTED[stem])
    NotebookClient(new, kernel_name="python3", resources={"metadata": {"path": str(FOLDER)}}).execute()
    assert differences(nbformat.read(FOLDER / f"{stem}.ipynb", as_version=4), new) == {}


@pytest.fixture(scope="session")
def whole_study(tmp_path_factory) -> Path:
    if not os.environ.get(WHOLE):
        pytest.skip(f"needs the whole demonstration under two methodologies, many minutes: set {WHOLE}=1")
    outputs = tmp_path_factory.mktemp("whole")
    run_batch(outputs)
    return outputs / "demo" / "baseline"


@pytest.mark.parametrize("stem", OF_STUDY)
def test_the_committed_outputs_of_a_study_are_those_of_today(stem, whole_study):
    require_outputs(stem)
    found = list(whole_study.rglob(f"{stem}.en.ipynb"))
    assert len(found) == 1
    assert differences(COMMITTED[stem], nbformat.read(found[0], as_version=4)) == {}


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
