"""Opening a study reads who takes part, nothing else, and one broken profile does not stop the others."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from vises_methods.errors import InputError, InvalidStudyError
from vises_methods.study import available_studies, new_enterprise, open_study, opening
from vises_methods.study.yaml_files import read_yaml


def test_cards_are_sorted_and_complete(study: Path):
    new_enterprise(study, "aardbei", lang="nl", name="De Aardbei", group="G3")
    opened = open_study(study)
    assert [card.id for card in opened.enterprises] == ["aardbei", "atelier"]
    card = opened.enterprises[0]
    assert (card.name, card.group, card.region, card.country, card.scheme) == (
        "De Aardbei",
        "G3",
        "vlaanderen",
        "BE",
        None,
    )
    assert card.languages == ("nl",)
    assert card.path == study / "enterprises" / "aardbei"


def test_a_broken_profile_is_told_and_the_others_are_there(study: Path):
    for name, text in {"casse": "name: [\n", "vide": "name: x\n"}.items():
        (study / "enterprises" / name).mkdir()
        (study / "enterprises" / name / "profile.yml").write_text(text)
    (study / "enterprises" / "sans").mkdir()
    opened = open_study(study)
    assert [card.id for card in opened.enterprises] == ["atelier"]
    assert [problem.code.split(".")[-1] for problem in opened.unreadable] == [
        "yaml_bracket",
        "no_profile",
        "unreadable_profile",
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no names that are not text")
def test_a_folder_whose_name_is_no_text_is_told_and_the_others_are_there(study: Path):
    shutil.copytree(study / "enterprises" / "atelier", os.fsdecode(bytes(study / "enterprises") + b"/caf\xe9"))
    opened = open_study(study)
    assert [card.id for card in opened.enterprises] == ["atelier"]
    (problem,) = opened.unreadable
    assert (problem.code, problem.where) == ("study.errors.unwritable_folder", "enterprises/caf\ufffd")


def test_settings_are_read(study: Path):
    opened = open_study(study)
    assert opened.id == "essai"
    assert opened.privacy.minimum_cell == 3
    assert opened.privacy.quotes == ("internal", "public")
    assert opened.codebook_path.is_file()
    assert opened.framework_path.is_file()
    assert "coach" in opened.roles


def test_a_study_that_is_not_there_is_answered_with_those_that_are():
    with pytest.raises(InputError) as caught:
        open_study("demoo")
    assert "demo" in caught.value.message("fr")


def test_a_study_by_name_is_the_folder_in_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, study: Path):
    home = tmp_path / "home"
    (home / "data").mkdir(parents=True)
    (study).rename(home / "data" / "essai")
    monkeypatch.setenv("VISES_HOME", str(home))
    assert open_study("essai").path == (home / "data" / "essai").resolve()
    assert available_studies() == ["essai"]


def test_settings_with_problems_are_refused_with_all_of_them(study: Path):
    path = study / "study.yml"
    path.write_text(path.read_text(encoding="utf-8") + "minimum: 3\n", encoding="utf-8")
    with pytest.raises(InvalidStudyError) as caught:
        open_study(study)
    assert [problem.column for problem in caught.value.problems] == ["minimum"]


def test_listing_enterprises_needs_no_pandas(study: Path):
    code = (
        "import sys; from vises_methods.study import open_study; "
        f"print(len(open_study({str(study)!r}).enterprises), 'pandas' in sys.modules, 'pandera' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1", "False", "False"]


def test_asking_for_one_enterprise_reads_no_profile_but_its_own(study: Path, monkeypatch: pytest.MonkeyPatch):
    for number in range(3):
        new_enterprise(study, f"autre-{number}", lang="fr", name="Autre", group="G3")
    read: list[str] = []
    monkeypatch.setattr(opening, "read_yaml", lambda path, where: read.append(where) or read_yaml(path, where))
    assert open_study(study).enterprise("autre-1").name == "Autre"
    assert read == ["study.yml", "enterprises/autre-1/profile.yml"]
    with pytest.raises(InputError) as caught:
        open_study(study).enterprise("../enterprises/autre-1")
    assert "autre-1" in caught.value.problem.values["allowed"]
