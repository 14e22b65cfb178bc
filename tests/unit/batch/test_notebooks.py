"""What batch reads of a notebook before it runs, and what it refuses."""

import json

import pytest

from vises_methods.batch.notebooks import in_order, load_notebook, read_notebook, read_notebooks


def codes(problems):
    return [problem.code.removeprefix("batch.errors.") for problem in problems]


def test_scope_reads_after_and_parameters(project):
    project.notebook("01_a", "x = 1", reads=["profile.yml", "texts/*", "@codebook"])
    project.notebook("80_z", "x = 1", scope="study", after=["01_a"], methodologies="all")
    project.notebook("00_start_here", "x = 1", scope=None)
    specs, problems = read_notebooks(project.home / "notebooks")
    assert problems == []
    assert list(specs) == ["01_a", "80_z"]
    assert specs["01_a"].reads == ("profile.yml", "texts/*", "@codebook")
    assert [parameter.name for parameter in specs["80_z"].parameters] == ["study", "methodology", "lang"]
    assert specs["80_z"].all_methodologies
    assert not specs["01_a"].all_methodologies


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[]",
        '{"cells": 3, "nbformat": 4, "nbformat_minor": 5}',
        '{"cells": [3], "nbformat": 4, "nbformat_minor": 4}',
        "\x00",
    ],
)
def test_what_is_no_notebook_is_told(project, content):
    path = project.write("notebooks/05_broken.ipynb", content)
    spec, problems = read_notebook(path)
    assert spec is None
    assert codes(problems) == ["unreadable_notebook"]
    assert "notebooks/05_broken.ipynb" in problems[0].message("nl")


@pytest.mark.parametrize(
    ("declared", "code"),
    [
        ({"scope": "region"}, "unknown_option"),
        ({"reads": ["../other/profile.yml"]}, "bad_pattern"),
        ({"reads": ["/etc/passwd"]}, "bad_pattern"),
        ({"reads": ["@everything"]}, "bad_pattern"),
        ({"after": ["09_missing"]}, "unknown_option"),
        ({"after": ["80_study"]}, "after_study"),
        ({"after": ["05_x"]}, "circle"),
    ],
)
def test_declarations_that_cannot_be_met(project, declared, code):
    project.notebook("80_study", "x = 1", scope="study")
    project.notebook("05_x", "x = 1", **{"scope": "enterprise", **declared})
    _, problems = read_notebooks(project.home / "notebooks")
    assert codes(problems) == [code]


def test_exactly_one_parameters_cell(project):
    path = project.notebook("01_a", "x = 1")
    content = json.loads(path.read_text())
    content["cells"][1]["metadata"] = {}
    path.write_text(json.dumps(content))
    assert codes(read_notebook(path)[1]) == ["parameters_cell"]


def test_the_digest_sees_sources_and_tags_and_nothing_else(project):
    path = project.notebook("01_a", "x = 1")
    before = read_notebook(path)[0].digest
    content = json.loads(path.read_text())
    content["cells"][2]["execution_count"] = 9
    content["cells"][2]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "1"}]
    path.write_text(json.dumps(content))
    assert read_notebook(path)[0].digest == before
    content["cells"][2]["metadata"]["tags"] = ["raises-exception"]
    path.write_text(json.dumps(content))
    tagged = read_notebook(path)[0].digest
    content["cells"][0]["source"] = "# Another title"
    path.write_text(json.dumps(content))
    assert len({before, tagged, read_notebook(path)[0].digest}) == 3


def test_what_another_enterprise_left_in_a_notebook_is_not_carried_along(project):
    path = project.notebook("01_a", "x = 1")
    content = json.loads(path.read_text())
    content["cells"][2]["execution_count"] = 9
    content["cells"][2]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "1"}]
    path.write_text(json.dumps(content))
    cell = load_notebook(path).cells[2]
    assert (cell.outputs, cell.execution_count) == ([], None)


def test_each_stands_behind_those_it_reads(project):
    project.notebook("01_a", "x", after=["05_x"])
    project.notebook("05_x", "x")
    project.notebook("02_b", "x", after=["01_a"])
    specs, _ = read_notebooks(project.home / "notebooks")
    assert [spec.name for spec in in_order(specs)] == ["05_x", "01_a", "02_b"]
