"""An executed notebook carries its results; they are taken out as they are, the same bytes each time."""

import os

import nbformat
import pytest

from vises_methods.batch.collect import (
    SameNameTwiceError,
    estimate_rows,
    published_results,
    results_json,
    undeclared_reads,
    write_csv,
)
from vises_methods.batch.packing import ManyDigests
from vises_methods.media_type import MIME

IDENTITY = {"study": "demo", "methodology": "baseline", "enterprise": "abeille", "notebook": "01_a", "lang": "fr"}


def notebook(*names: str) -> nbformat.NotebookNode:
    outputs = [
        nbformat.v4.new_output("display_data", {MIME: {"name": name, "result": {"method": name}}}) for name in names
    ]
    stream = nbformat.v4.new_output("stream", text="words")
    return nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_markdown_cell("x"), nbformat.v4.new_code_cell("y", outputs=[stream, *outputs])]
    )


def files(*names: str) -> dict:
    return {"inputs": {"details": {"files": {"columns": ["file", "sha256"], "rows": [[name, "d"] for name in names]}}}}


def test_results_by_name():
    assert published_results(notebook("b", "a")) == {"b": {"method": "b"}, "a": {"method": "a"}}
    with pytest.raises(SameNameTwiceError, match="a"):
        published_results(notebook("a", "a"))


def test_the_same_bytes_whatever_the_order():
    one = results_json(IDENTITY, {"b": {"y": 1, "x": "é"}, "a": {}})
    other = results_json(dict(reversed(IDENTITY.items())), {"a": {}, "b": {"x": "é", "y": 1}})
    assert one == other
    assert "é" in one
    assert one.endswith("}\n")


def test_a_file_read_without_being_declared_is_found():
    declared = (frozenset({"enterprises/abeille/profile.yml"}), ManyDigests.of([("../reference/codebook.yml", "d")]))
    assert undeclared_reads(files(*(name for each in declared for name in each)), declared) == []
    assert undeclared_reads(files("enterprises/abeille/../abeille/profile.yml"), declared) == []
    assert undeclared_reads(files("enterprises/bourdon/profile.yml"), declared) == ["enterprises/bourdon/profile.yml"]
    assert undeclared_reads({}, declared) == []
    assert undeclared_reads({"inputs": {"details": {}}}, declared) == []


def test_estimates_as_rows():
    result = {
        "method": "A mean",
        "estimates": {"columns": ["measure", "estimate", "se", "by"], "rows": [["mean", 1.5, None, ["b", "a"]]]},
    }
    content = {**IDENTITY, "results": {"jobs": result, "first": {**result, "method": "Another"}}}
    rows = estimate_rows(content, "G1", "wallonie")
    assert [row["result"] for row in rows] == ["first", "jobs"]
    assert rows[1] == {
        "methodology": "baseline", "enterprise": "abeille", "group": "G1", "region": "wallonie", "notebook": "01_a",
        "lang": "fr", "result": "jobs", "method": "A mean", "measure": "mean", "estimate": 1.5, "se": None,
        "by": '["b", "a"]',
    }  # fmt: skip


def test_csv_quotes_what_needs_it(tmp_path):
    path = tmp_path / "baseline" / "estimates.csv"
    write_csv(path, ["a", "b"], iter([['x, "y"', None], ["é", 1.5]]))
    assert path.read_bytes() == 'a,b\n"x, ""y""",\né,1.5\n'.encode()


def test_a_table_that_says_the_same_is_left_as_it_stands(tmp_path):
    path = tmp_path / "estimates.csv"
    write_csv(path, ["a"], [[1]])
    os.utime(path, (1_000_000_000, 1_000_000_000))
    write_csv(path, ["a"], [[1]])
    assert path.stat().st_mtime == 1_000_000_000
    write_csv(path, ["a"], [[2]])
    assert path.read_text() == "a\n2\n"


def test_a_table_that_cannot_be_written_to_its_end_leaves_the_one_that_stood(tmp_path):
    path = tmp_path / "estimates.csv"
    write_csv(path, ["a"], [[1]])

    def broken():
        yield [2]
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space"):
        write_csv(path, ["a"], broken())
    assert [each.name for each in tmp_path.iterdir()] == ["estimates.csv"]
    assert path.read_text() == "a\n1\n"
