"""A small study of one's own: one enterprise from the templates, whose tables a test then fills."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from vises_methods.study import new_enterprise, new_study

ONE = "[Texte inventé pour la démonstration]\n\nEnq. : Et vous ?\n\nP1 : Ça va, café d'abord.\n"
TWO = "[Texte inventé]\n\nP1 : Oui.\n\nP2 : Non, et l'été ?\n\nP1 : Bon. P2 : a dit non.\n"


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """A study with one enterprise that has nothing yet."""
    path = new_study("essai", lang="fr", folder=tmp_path)
    new_enterprise(path, "atelier", lang="fr", group="G2")
    return path


@pytest.fixture
def put(study: Path) -> Callable[[str, str], Path]:
    """Write a file of the enterprise."""

    def write(name: str, content: str) -> Path:
        path = study / "enterprises" / "atelier" / name
        path.write_text(content, encoding="utf-8", newline="")
        return path

    return write


@pytest.fixture
def spoken(study: Path, put: Callable[[str, str], Path]) -> Path:
    """Two coded texts with three persons; the person p2 withdrew consent, and p3 did too, alone in a text."""
    texts = {"one": ONE, "two": TWO, "three": ONE}
    for name, text in texts.items():
        put(f"texts/t-{name}.txt", text)
    digests = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in texts.items()}
    put(
        "consent.csv",
        "person,label,form,signed_on,purposes,withdrawn_on\n"
        "p1,P1,v1,2024-01-02,analysis;quotes,\n"
        "p2,P2,v1,2024-01-02,analysis;quotes,2024-06-01\n"
        "p3,P1,v1,2024-01-02,analysis;quotes,2024-06-01\n"
        "r002,,v1,2024-01-02,analysis,2024-06-01\n",
    )
    head = "document,title,kind,date,language,stakeholder_group,wave,persons,coders,adjudicated,access,sha256\n"
    rows = [
        f"t-one,Un,interview,2024-02-01,fr,users,0,p1,anna,true,internal,{digests['one']}",
        f"t-two,Deux,focus_group,2024-02-02,fr,users,0,p1;p2,anna,false,internal,{digests['two']}",
        f"t-three,Trois,interview,2024-02-03,fr,users,0,p3,anna,false,restricted,{digests['three']}",
    ]
    put("documents.csv", head + "\n".join(rows) + "\n")
    lines = ["coding,document,coder,code,start,end,quote_sha,valence,strength,memo,codebook_version"]
    for number, (name, quote) in enumerate(
        [("one", "café d'abord"), ("two", "Oui."), ("two", "l'été"), ("two", "Oui.\n\nP2 : Non"), ("three", "Ça va")], 1
    ):
        start = texts[name].index(quote)
        sha = hashlib.sha256(quote.encode()).hexdigest()[:12]
        lines.append(f"c{number:04d},t-{name},anna,PRO.PAR,{start},{start + len(quote)},{sha},positive,,,1.0")
    put("codings.csv", "\n".join(lines) + "\n")
    put("survey_items.yml", "items: [{id: conf1, label: {fr: Ça va}, kind: ordinal, min: 1, max: 5}]\noutcomes: []\n")
    put(
        "survey.csv",
        "respondent,wave,date,arm,site,cohort,conf1\nr001,0,,participants,,,4\nr002,0,,participants,,,\n",
    )
    return study
