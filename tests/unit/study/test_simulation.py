"""A generated study is valid, says that it is generated, and comes from its seed alone."""

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import yaml

from vises_methods.catalogue import LANGUAGES
from vises_methods.cli import run_command
from vises_methods.errors import InputError
from vises_methods.study import check_study, new_study, open_study, simulate_study
from vises_methods.study.simulation.passages import edited, passages, recode

COUNT = 10


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    return simulate_study(COUNT, name="essai", seed=7, folder=tmp_path_factory.mktemp("simulated"))


def files(study: Path) -> dict[str, bytes]:
    return {path.relative_to(study).as_posix(): path.read_bytes() for path in study.rglob("*") if path.is_file()}


def test_it_is_valid_and_each_source_serves_before_one_serves_twice(made):
    assert check_study(made) == []
    study, demo = open_study(made), open_study("demo")
    assert [card.id for card in study.enterprises] == [f"sim-{number:05d}" for number in range(1, COUNT + 1)]
    strata = sorted((card.group, card.region, card.languages) for card in study.enterprises[:9])
    assert strata == sorted((card.group, card.region, card.languages) for card in demo.enterprises)


def test_it_says_that_it_is_generated(made):
    study = open_study(made)
    assert study.invented
    for lang in LANGUAGES:
        assert "vises simulate" in study.notice[lang]
        assert "7" in study.notice[lang]
        assert str(COUNT) in study.title[lang]
    names = [card.name for card in study.enterprises]
    assert len(set(names)) == COUNT
    assert all(any(word in name for word in ("simulée", "gesimuleerd", "simulated")) for name in names)
    assert not {card.name for card in open_study("demo").enterprises} & set(names)


def test_the_same_seed_gives_the_same_bytes_and_a_larger_study_the_same_enterprises(made, tmp_path):
    again = simulate_study(COUNT - 1, name="essai", seed=7, folder=tmp_path)
    kept, first = files(again), files(made)
    del kept["study.yml"]
    assert kept == {name: first[name] for name in kept}
    other = files(simulate_study(1, name="essai", seed=8, folder=tmp_path / "other"))
    assert other["enterprises/sim-00001/indicators.csv"] != first["enterprises/sim-00001/indicators.csv"]


def quotes(study) -> Iterator[str]:
    """Return the words of every coding, read from the files themselves."""
    for card in study.enterprises:
        with (card.path / "codings.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                text = (card.path / "texts" / f"{row['document']}.txt").read_text(encoding="utf-8")
                yield text[int(row["start"]) : int(row["end"])]


def test_segments_hold_the_words_that_were_coded(made):
    coded, found = set(quotes(open_study("demo"))), list(quotes(open_study(made)))
    assert len(found) > 1000
    changed = [quote for quote in found if quote not in coded]
    assert len(changed) < len(found) / 50, "only segments in which the enterprise's name was replaced read otherwise"


def test_everything_was_drawn_anew(made):
    study = open_study(made)
    for card in study.enterprises:
        framework = yaml.safe_load((card.path / "framework.yml").read_text(encoding="utf-8"))
        assert all(sum(weights["values"].values()) == 100 for weights in framework["weights"])
    for name in ("indicators", "codings", "survey"):
        paths = [card.path / f"{name}.csv" for card in study.enterprises]
        tables = {path.read_bytes() for path in paths if path.exists()}
        assert len(tables) >= COUNT - 2


def test_paragraphs_that_a_segment_spans_stay_together():
    text = "one\n\ntwo\n\nthree\n\nfour"
    assert passages(text, []) == [(0, 5), (5, 10), (10, 17), (17, 21)]
    assert passages(text, [(6, 12), (11, 18)]) == [(0, 5), (5, 21)]


def test_a_segment_goes_with_what_was_taken_out():
    new = edited("one\n\ntwo\n\nthree", [(5, 10, "")])
    assert new.text == "one\n\nthree"
    assert new.segment(5, 8) is None
    assert new.segment(0, 3) == (0, 3)
    assert new.segment(10, 15) == (5, 10)
    assert new.segment(5, 10) is None


def test_another_code_is_one_of_the_same_version_of_the_codebook():
    rows = [
        {
            "document": "d",
            "coder": "a",
            "start": str(place),
            "end": str(place + 1),
            "code": code,
            "codebook_version": version,
        }
        for place, (code, version) in enumerate([("OLD", "0.9"), ("NEW", "1.0"), ("NEWER", "1.0")] * 100)
    ]
    before = [row["code"] for row in rows]
    recode(rows, np.random.default_rng(1))
    assert [row["code"] for row in rows] != before
    assert {(row["code"], row["codebook_version"]) for row in rows} == {
        ("OLD", "0.9"),
        ("NEW", "1.0"),
        ("NEWER", "1.0"),
    }


def test_what_cannot_be_simulated_is_refused_before_anything_is_written(tmp_path):
    real = new_study("vraie", folder=tmp_path)
    for refused in (
        {"enterprises": 0},
        {"enterprises": 100_000},
        {"enterprises": 1, "name": "Été"},
        {"enterprises": 1, "name": "vraie"},
        {"enterprises": 1, "source": real},
    ):
        with pytest.raises(InputError) as told:
            simulate_study(refused.pop("enterprises"), folder=tmp_path, **refused)
        assert all(len(told.value.message(lang)) > 40 for lang in LANGUAGES)
    assert [path.name for path in tmp_path.iterdir()] == ["vraie"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_command_says_what_it_made_and_how_to_go_on(tmp_path, monkeypatch, capsys, lang):
    demo = open_study("demo").path
    (tmp_path / "data").mkdir()
    monkeypatch.setenv("VISES_HOME", str(tmp_path))
    arguments = ["simulate", "essai", "--enterprises", "1", "--seed", "2", "--study", str(demo), "--ui", lang]
    assert run_command(arguments) == 0
    assert "vises run --study essai" in capsys.readouterr().out
    assert (tmp_path / "data" / "essai" / "study.yml").is_file()
    assert run_command(arguments) == 2
