"""With what a methodology is compared where nobody named another, and how a missing run is told."""

import pandas as pd
import pytest

from vises_methods import synthesis
from vises_methods.catalogue import text
from vises_methods.language import words
from vises_methods.language.tables import table_html
from vises_methods.methodology import load_methodology
from vises_methods.study import open_study


@pytest.fixture(autouse=True)
def outputs(monkeypatch, tmp_path):
    monkeypatch.setenv("VISES_OUTPUTS", str(tmp_path))
    return tmp_path / "demo"


def run_under(outputs, methodology):
    folder = outputs / methodology / "vire-lune"
    folder.mkdir(parents=True)
    (folder / "03_qualitative_coding.fr.results.json").write_text("{}", encoding="utf-8")


def test_one_of_ones_own_is_compared_with_that_of_the_study(outputs):
    run_under(outputs, "yours")
    assert synthesis.methodology_beside(open_study("demo"), "yours") == "baseline"


def test_the_own_one_of_the_study_is_compared_with_another_one():
    demo = open_study("demo")
    assert synthesis.methodology_beside(demo, "baseline") == "demanding"


def test_what_was_run_comes_before_what_is_only_there(outputs, monkeypatch):
    there = ("baseline", "demanding", "zealous")
    monkeypatch.setattr("vises_methods.synthesis.methodologies.available_methodologies", lambda: there)
    run_under(outputs, "zealous")
    assert synthesis.methodology_beside(open_study("demo"), "baseline") == "zealous"


@pytest.mark.parametrize(("first", "second", "missing"), [(["a"], [], "two"), ([], ["a"], "one")])
@pytest.mark.parametrize("lang", ["fr", "nl", "en"])
def test_a_missing_run_is_told_with_its_command(first, second, missing, lang):
    frames = [pd.DataFrame({"enterprise": ids}, dtype=str) for ids in (first, second)]
    row = synthesis.fit_for_methodologies(*frames, names=("one", "two")).details["checks"].iloc[0]
    assert row["verdict"] == "stop"
    told = text("synthesis.checks.methodologies.stop", lang, **row.to_dict())
    assert f"vises run --methodology {missing}" in told


def test_choices_are_told_as_they_are_written_in_their_files():
    first = load_methodology("baseline")
    other = {"adjudicated_first": False, "code_level": 3}
    second = first.model_copy(update={"qualitative": first.qualitative.model_copy(update=other)})
    choices = synthesis.differing_choices(first, second)
    assert choices.to_numpy().tolist() == [
        ["qualitative.code_level", "2", "3"],
        ["qualitative.adjudicated_first", "true", "false"],
    ]
    shown = table_html(
        choices, lang="fr", caption="choices", columns=words.CHOICE_COLUMNS, formats=words.CHOICE_FORMATS
    )
    assert "<th scope='row'><code>qualitative.adjudicated_first</code></th><td><code>true</code></td>" in shown
