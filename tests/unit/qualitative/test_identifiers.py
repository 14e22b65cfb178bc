import pandas as pd
import pytest

from vises_methods.errors import InputError
from vises_methods.qualitative import find_identifiers

LISTS = {"person": ["Hélène", "Jan Peeters", "Jan"], "place": ["Saint-Omer", "Geel"], "organisation": ["L'Atelier"]}


def found(text, **options):
    frame = find_identifiers(pd.DataFrame({"document": ["d"], "text": [text]}), **options)
    assert [text[s:e] for s, e in zip(frame["start"], frame["end"], strict=True)] == frame["found"].tolist()
    return list(zip(frame["kind"], frame["found"], strict=True))


def test_listed_names_whatever_their_case_accents_and_hyphens():
    text = "HELENE et Hélène, à Saint Omer (saint-omer) avec l’atelier."
    assert [name for _, name in found(text, lists=LISTS)] == [
        "HELENE",
        "Hélène",
        "Saint Omer",
        "saint-omer",
        "l’atelier",
    ]


def test_names_are_whole_words_and_the_longest_wins():
    assert found("Janine zag Jan Peeters en Jan.", lists=LISTS) == [("person", "Jan Peeters"), ("person", "Jan")]


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        ("email", "an.de-smet+x@mail.example.be"),
        ("phone", "0470 12 34 56"),
        ("phone", "+32 (0)2 123 45 67"),
        ("phone", "03.20.12.34.56"),
        ("phone", "+33 6 12 34 56 78"),
        ("national_number", "85.07.30-033.28"),
        ("national_number", "85073003328"),
        ("national_number", "1 84 12 59 123 456 78"),
        ("bank_account", "BE68 5390 0754 7034"),
        ("bank_account", "FR76 3000 6000 0112 3456 7890 189"),
        ("address", "12 bis, rue de la Gare"),
        ("address", "Stationsstraat 14b"),
        ("titled_name", "Vandenberghe"),
    ],
)
def test_structured_identifiers(kind, written):
    title = "Mevr. " if kind == "titled_name" else ""
    assert found(f"Voilà : {title}{written}, dus.") == [(kind, written)]


@pytest.mark.parametrize("text", ["En 2019, 45 000 euros.", "12345678901", "De 10 à 12 heures.", "M. le maire", "a@b"])
def test_what_is_no_identifier_is_left(text):
    assert found(text) == []


def test_context_and_acceptance_for_the_reviewer():
    frame = find_identifiers(pd.DataFrame({"document": ["d"], "text": ["avant Geel après"]}), lists=LISTS, width=6)
    assert frame[["left", "right", "accept"]].to_numpy().tolist() == [["avant ", " après", True]]


def test_only_the_forms_asked_for():
    assert found("a@b.be 0470 12 34 56", structured=["email"]) == [("email", "a@b.be")]
    assert found("Jan, a@b.be", structured=[]) == []


@pytest.mark.parametrize("options", [{"lists": {"pet": ["Rex"]}}, {"structured": ["car"]}, {"width": -1}])
def test_unknown_kinds_are_errors(options):
    with pytest.raises(InputError):
        found("x", **options)
