"""A study of invented originals, in French and in Dutch, with names and codings planted in them."""

from __future__ import annotations

import csv
import hashlib
import importlib.util
from pathlib import Path

import pytest

from vises_methods.study import new_enterprise, new_study

ORIGINALS = Path(__file__).parents[2] / "references" / "qualitative" / "originals"
SPEAKERS = {
    "fr-01-awa": ["Awa"], "fr-02-luc": ["Luc"], "fr-03-table": ["Zoë-Éloïse", "Mohamed", "Fatou"],
    "fr-04-yasmina": ["Yasmina"], "fr-07-tuteur": ["Romuald"], "nl-01-jan": ["Jan"], "nl-02-fatma": ["Fatma"],
    "nl-03-groep": ["Roger", "Hilde", "Samira"], "nl-05-kim": ["Kim"],
}  # fmt: skip


def _truth_module():
    spec = importlib.util.spec_from_file_location("originals_make", ORIGINALS / "make.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def originals():
    """The module that makes the originals and tells the truth about them."""
    return _truth_module()


def digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _write(path: Path, header: str, rows: list[list[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([header.split(","), *rows])


def enterprise(folder: Path, lang: str, truth: list[dict[str, str]], most: int) -> None:
    """Fill an enterprise with the originals of a language; three codings at every place that names someone."""
    (folder / "texts").mkdir(exist_ok=True)
    names = sorted(path.stem for path in ORIGINALS.glob(f"{lang}-*.txt"))[:most]
    people = [person for name in names for person in SPEAKERS.get(name, [])]
    persons = {person: f"p{number:02d}" for number, person in enumerate(people, 1)}
    documents, codings, settled = [], [], []
    for name in names:
        text = (ORIGINALS / f"{name}.txt").read_text(encoding="utf-8")
        (folder / "texts" / f"{name}.txt").write_text(text, encoding="utf-8", newline="\n")
        speaking = ";".join(persons[person] for person in SPEAKERS.get(name, []))
        kind = ("focus_group" if ";" in speaking else "interview") if speaking else "document"
        title = f"Entretien avec {SPEAKERS[name][0]}" if speaking else "Document"
        documents.append(
            [name, title, kind, "2025-02-03", lang, "users", 1, speaking, "anna;bram", "true", "internal", digest(text)]
        )
        for mark in (row for row in truth if row["document"] == name):
            start, end = int(mark["start"]), int(mark["end"])
            for coder, code, (first, last) in (
                ("anna", "PRO.PAR", (start, end)),
                ("anna", "RES.IND.CON", (start + 1, min(end + 9, len(text)))),
                ("bram", "PRO.PAR", (text.rindex("\n", 0, start) + 1, text.index("\n", end))),
            ):
                row = [name, coder, code, first, last, digest(text[first:last])[:12], "positive", "mentioned"]
                if row not in [coding[1:9] for coding in codings]:
                    codings.append([f"c{len(codings) + 1:04d}", *row, f"voir {text[start:end]}, à relire", "1.0"])
            settled.append([name, "PRO.PAR", start, end, "kept", "", "positive", "mentioned", "anna", "2025-03-01", ""])
    _write(
        folder / "documents.csv",
        "document,title,kind,date,language,stakeholder_group,wave,persons,coders,adjudicated,access,sha256",
        documents,
    )
    _write(
        folder / "codings.csv",
        "coding,document,coder,code,start,end,quote_sha,valence,strength,memo,codebook_version",
        codings,
    )
    _write(
        folder / "adjudications.csv",
        "document,code,start,end,decision,was_code,valence,strength,settled_by,date,reason",
        settled,
    )
    consent = [[number, person, "v1", "2025-01-02", "analysis;quotes", ""] for person, number in persons.items()]
    _write(folder / "consent.csv", "person,label,form,signed_on,purposes,withdrawn_on", consent)


@pytest.fixture
def small_study(tmp_path, originals) -> Path:
    """A study of four of the originals, for the tests that run the whole workflow."""
    return _study(tmp_path, originals, 2)


@pytest.fixture
def whole_study(tmp_path, originals) -> Path:
    return _study(tmp_path, originals, 99)


def _study(folder: Path, originals, most: int) -> Path:
    study = new_study("essai", folder=folder / "data")
    truth = originals.truth()
    enterprise(new_enterprise(study, "atelier", lang="fr", group="G2"), "fr", truth, most)
    enterprise(new_enterprise(study, "werkplaats", lang="nl", group="G1"), "nl", truth, most)
    return study


@pytest.fixture
def vault(tmp_path) -> Path:
    """A folder outside the study."""
    (tmp_path / "vault").mkdir()
    return tmp_path / "vault"
