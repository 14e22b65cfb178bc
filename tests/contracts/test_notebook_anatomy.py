"""All notebooks are built alike, so that who has read one can read them all, and papermill finds what it needs.

What is measured: every cell counts, text and code; a line of code is one that is neither blank nor a comment; the
cell of the parameters counts like any other. The notebooks that are held to it are those with a scope in their
metadata, which are those that the batch runs. Thirty cells are a good length; the coding of interviews has a few more,
for it has two questions more: whether coders agree, and where they cut.
"""

import ast
import re
from pathlib import Path
from statistics import median

import nbformat
import pytest
import yaml

from vises_methods.catalogue import LANGUAGES, LOCALE_DIRECTORY

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = {path.stem: nbformat.read(path, as_version=4) for path in sorted(FOLDER.glob("*.ipynb"))}
RUN = {stem: notebook for stem, notebook in NOTEBOOKS.items() if notebook.metadata.get("vises", {}).get("scope")}
FEWEST_CELLS, MOST_CELLS = 15, 30
EARNED = {
    "03_qualitative_coding": 34,
    "04_indicator_aggregation": 39,
    "05_outcome_comparison": 38,
    "85_indicator_audit": 40,
}
"""More cells than others. 85: an audit has a section for each kind of check, as those written by hand. 03: what the
coders did, seen on a text, before what they found; 04: profile, score, what if, whose weights and uncertainty must be
read together, or silence pays; 05: survey, series, ranks, other ways, what would overturn it, calibration, a step
each."""
MEDIAN_LINES, MOST_LINES = 3, 12
HELD_PARTS = ("The question.", "The method.", "What would count against it.")
NOT_FOR_A_NOTEBOOK = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.Try, ast.With),
    *(ast.For, ast.AsyncFor, ast.While, ast.comprehension),
)
PATH_IN_WORDS = re.compile(r"[/\\]|\.(csv|ya?ml|txt|md|xlsx|json|html|ipynb)$")
TYPES = {"str": str, "int": int, "float": float, "bool": bool}

pytestmark = pytest.mark.parametrize("stem", RUN)


def code(stem: str) -> list:
    return [cell for cell in RUN[stem].cells if cell.cell_type == "code"]


def prose(stem: str) -> list:
    return [cell for cell in RUN[stem].cells if cell.cell_type == "markdown"]


def lines(cell) -> int:
    return sum(bool(line.strip()) and not line.lstrip().startswith("#") for line in cell.source.splitlines())


def test_it_opens_with_a_title_a_question_a_method_and_what_would_count_against_it(stem):
    """A page that does not say what could prove it wrong is not an evaluation."""
    first = RUN[stem].cells[0]
    assert first.cell_type == "markdown"
    assert first.source.startswith("# ")
    assert re.findall(r"^\*\*([^*]+)\*\* \S", first.source, flags=re.MULTILINE) == list(HELD_PARTS)


def test_parameters_are_annotated_literals_with_a_comment_each(stem):
    """Papermill and the command line read name, type, default and help from this cell and nowhere else."""
    tagged = [place for place, cell in enumerate(RUN[stem].cells) if "parameters" in cell.metadata.get("tags", [])]
    assert tagged == [1]
    source = RUN[stem].cells[1].source
    for statement, line in zip(ast.parse(source).body, source.splitlines(), strict=True):
        assert isinstance(statement, ast.AnnAssign), line
        assert isinstance(statement.value, ast.Constant), line
        assert isinstance(statement.value.value, TYPES[ast.unparse(statement.annotation)]), line
        assert re.search(r"  # \S.{10,}", line), line
    names = [statement.target.id for statement in ast.parse(source).body]
    assert len(set(names)) == len(names)
    assert {"study", "lang"} <= set(names)
    assert ("enterprise" in names) == (RUN[stem].metadata["vises"]["scope"] == "enterprise")


def test_one_cell_sets_up_right_after_and_no_other_imports(stem):
    """What a notebook stands on is seen in one place."""
    importing = [
        cell.id
        for cell in code(stem)
        if any(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.walk(ast.parse(cell.source)))
    ]
    assert importing == ["setup"]
    assert RUN[stem].cells[2].id == "setup"


def test_it_imports_the_workbook_alone(stem):
    """A notebook calls methods; it does not make them out of libraries."""
    roots = set()
    for node in ast.walk(ast.parse(RUN[stem].cells[2].source)):
        if isinstance(node, ast.ImportFrom):
            roots.add(node.module.split(".")[0])
        elif isinstance(node, ast.Import):
            roots |= {alias.name.split(".")[0] for alias in node.names}
    assert roots == {"vises_methods"}


def test_it_asks_whether_the_data_are_fit_before_anything_is_computed(stem):
    """A stop sign after the result comes too late."""
    ids = [cell.id for cell in RUN[stem].cells]
    assert ids.index("fit") == min(
        place for place, cell in enumerate(RUN[stem].cells[1:], 1) if cell.cell_type == "markdown"
    )
    first = next(cell for cell in code(stem) if cell.id.startswith("fit-"))
    assert "verdicts(" in first.source


def test_it_tells_its_limits_just_before_it_publishes(stem):
    headings = [cell for cell in prose(stem) if cell.source.startswith("#")]
    assert headings[-2].id == "limits"
    assert len(headings[-2].source.split()) > 20


def test_it_ends_by_publishing_its_results(stem):
    """The executed notebook alone carries its results: collecting them means reading notebooks."""
    last = RUN[stem].cells[-1]
    assert last.cell_type == "code"
    calls = [node for node in ast.walk(ast.parse(last.source)) if isinstance(node, ast.Call)]
    called = {node.func.id for node in calls if isinstance(node.func, ast.Name)}
    assert called & {"publish", "publish_all"}
    assert not any("publish" in re.findall(r"\b(publish\w*)\(", cell.source) for cell in code(stem)[:-1])


def test_no_published_name_stands_twice(stem):
    names = re.findall(r"\"([a-z_]+)\": ", RUN[stem].cells[-1].source)
    assert names
    assert len(set(names)) == len(names)


def test_it_is_neither_a_leaflet_nor_a_book(stem):
    assert FEWEST_CELLS <= len(RUN[stem].cells) <= EARNED.get(stem, MOST_CELLS)


def test_cells_of_code_are_short(stem):
    lengths = {cell.id: lines(cell) for cell in code(stem)}
    assert median(lengths.values()) <= MEDIAN_LINES
    assert {name: length for name, length in lengths.items() if length > MOST_LINES} == {}


def test_code_only_calls_methods(stem):
    """No function, class, loop or comprehension: what needs one belongs in the package, where it is tested."""
    found = [
        f"{cell.id}: {type(node).__name__}"
        for cell in code(stem)
        for node in ast.walk(ast.parse(cell.source))
        if isinstance(node, NOT_FOR_A_NOTEBOOK)
    ]
    assert found == []


def test_no_path_is_written_in_it(stem):
    """A notebook names a study and an enterprise; where they stand is for the package to know."""
    written = [
        f"{cell.id}: {node.value}"
        for cell in code(stem)
        for node in ast.walk(ast.parse(cell.source))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and PATH_IN_WORDS.search(node.value)
    ]
    assert written == []
    assert not any("Path(" in cell.source or "open(" in cell.source.replace("open_", "") for cell in code(stem))


def test_cells_are_named_after_what_they_do(stem):
    """Identifiers are the keys of the translations and what an error names: words, and those of their section first."""
    section = None
    for cell in RUN[stem].cells:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", cell.id), cell.id
        assert not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]+)*", cell.id), cell.id
        if cell.cell_type == "markdown" and cell.source.startswith("## "):
            section = cell.id
        elif section is not None:
            assert cell.id.startswith(f"{section}-"), f"{cell.id} stands in the section {section}"
    ids = [cell.id for cell in RUN[stem].cells]
    assert len(set(ids)) == len(ids)


def test_it_says_what_it_reads_and_what_must_run_before_it(stem):
    """The batch plans from this: a file that is not declared would not make a page stale when it changes."""
    said = RUN[stem].metadata["vises"]
    assert said["scope"] in ("enterprise", "study")
    assert set(said["title"]) == set(LANGUAGES)
    assert all(title.strip() for title in said["title"].values())
    assert all(isinstance(name, str) and name for name in said["reads"])
    assert set(said["after"]) <= NOTEBOOKS.keys() - {stem}


def test_it_reads_the_results_of_those_notebooks_that_it_waits_for_and_of_no_other(stem):
    """Another may still run beside it, and its results would be read on some days and not on others."""
    written = "\n".join(cell.source for cell in code(stem))
    named = {node.value for node in ast.walk(ast.parse(written)) if isinstance(node, ast.Constant)} & (
        RUN.keys() - {stem}
    )
    after = set(RUN[stem].metadata["vises"]["after"])
    assert named <= after
    if "all_estimates" in written:
        assert named == after


def test_every_figure_is_followed_by_its_words(stem):
    """A figure that nobody puts in words says to each what he wants to see; held for the pages of an enterprise."""
    cells = code(stem) if RUN[stem].metadata["vises"]["scope"] == "enterprise" else []
    for place, cell in enumerate(cells):
        if "show(plots." in cell.source:
            after = "".join(each.source for each in cells[place : place + 3])
            assert re.search(r"\b(tell|table|show_reading)\(", after), cell.id


@pytest.mark.parametrize("lang", LANGUAGES)
def test_its_prose_stands_in_every_language_and_the_english_is_the_same(stem, lang):
    """A translation beside an English text that has changed tells the reader something else: here it is seen.

    When this fails for English, write the new text into ``locale/en/notebooks.yml`` and the translations with it.
    """
    kept = catalogue(lang)[stem]
    written = {cell.id: cell.source for cell in prose(stem)}
    assert set(kept) == set(written)
    if lang == "en":
        assert {name: words.strip() for name, words in kept.items()} == {n: w.strip() for n, w in written.items()}


@pytest.mark.parametrize("lang", ["fr", "nl"])
def test_a_translation_has_the_same_shape_as_its_english(stem, lang):
    """As many paragraphs, headings of the same level, as many bold parts: nothing was left out on the way."""
    for cell in prose(stem):
        assert shape(catalogue(lang)[stem][cell.id]) == shape(cell.source), cell.id


def catalogue(lang: str) -> dict[str, dict[str, str]]:
    return yaml.safe_load((LOCALE_DIRECTORY / lang / "notebooks.yml").read_text(encoding="utf-8"))


def shape(words: str) -> tuple[int, list[int], int]:
    paragraphs = [part for part in words.strip().split("\n\n") if part.strip()]
    return len(paragraphs), [len(mark) for mark in re.findall(r"^(#+) ", words, flags=re.MULTILINE)], words.count("**")
