"""The choices of a methodology are named, validated and told apart."""

from pathlib import Path

import pytest

from vises_methods.errors import MethodologyError
from vises_methods.methodology import available_methodologies, load_methodology


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data" / "reference" / "methodologies"
    folder.mkdir(parents=True)
    monkeypatch.setenv("VISES_HOME", str(tmp_path))
    return folder


def test_the_shipped_methodologies_are_valid_and_differ():
    assert available_methodologies() == ("baseline", "demanding")
    baseline, demanding = load_methodology("baseline").choices(), load_methodology("demanding").choices()
    moved = {name for name in baseline if baseline[name] != demanding[name]}
    assert {"qualitative.rule", "indicators.aggregation", "outcomes.measure"} <= moved


def test_an_unknown_name_is_answered_with_those_there_are():
    with pytest.raises(MethodologyError, match="baseline, demanding"):
        load_methodology("baselin")


def test_every_wrong_choice_is_named(own: Path):
    (own / "mine.yml").write_text(
        "id: mine\nlabel: {en: Mine}\nwhy: {en: Trial}\nseed: 0\n"
        "qualitative: {unit: word, rule: most}\nindicators: {min_coverage: 2}\n"
    )
    with pytest.raises(MethodologyError) as caught:
        load_methodology("mine")
    message = caught.value.message("nl")
    assert all(part in message for part in ("qualitative.unit", "qualitative.rule", "indicators.min_coverage"))


def test_a_choice_that_nobody_reads_is_refused(own: Path):
    (own / "mine.yml").write_text("id: mine\nlabel: {en: M}\nwhy: {en: T}\nseed: 0\noutcomes: {bootstrap: true}\n")
    with pytest.raises(MethodologyError, match=r"outcomes\.bootstrap"):
        load_methodology("mine")


def test_the_id_is_the_name_of_the_file(own: Path):
    (own / "mine.yml").write_text("id: yours\nlabel: {en: M}\nwhy: {en: T}\nseed: 0\n")
    with pytest.raises(MethodologyError, match="mine"):
        load_methodology("mine")


def test_broken_yaml_is_told_with_its_line(own: Path):
    (own / "mine.yml").write_text("id: mine\nlabel: {en: M\n")
    with pytest.raises(MethodologyError, match="line 3"):
        load_methodology("mine")
