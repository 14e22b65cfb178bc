"""The data package says what the definitions say, and an outside validator accepts it."""

import json
from pathlib import Path

import frictionless

from vises_methods.study import open_study, write_datapackage
from vises_methods.study.datapackage import datapackage


def _errors(path: Path) -> list[list[object]]:
    report = frictionless.Package(str(path)).validate()
    return list(report.flatten(["name", "rowNumber", "fieldName", "type", "note"]))


def test_the_package_of_the_demo_study_is_fresh():
    study = open_study("demo")
    written = json.loads((study.path / "datapackage.json").read_text(encoding="utf-8"))
    assert written == datapackage(study), "run vises_methods.study.write_datapackage('demo')"


def test_an_outside_validator_accepts_the_demo_study():
    assert _errors(open_study("demo").path / "datapackage.json") == []


def test_an_outside_validator_sees_the_foreign_keys_and_the_ranges(spoken: Path):
    path = write_datapackage(spoken)
    assert _errors(path) == []
    codings = spoken / "enterprises" / "atelier" / "codings.csv"
    codings.write_text(codings.read_text(encoding="utf-8").replace("c0001,t-one", "c0001,t-none"), encoding="utf-8")
    survey = spoken / "enterprises" / "atelier" / "survey.csv"
    survey.write_text(survey.read_text(encoding="utf-8").replace(",4\n", ",6\n"), encoding="utf-8")
    assert {str(error[3]) for error in _errors(path)} == {"foreign-key", "constraint-error"}
