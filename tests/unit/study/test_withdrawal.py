"""Turns of a person who withdrew are found by their label; what cannot be told apart goes as a whole."""

import pandas as pd

from vises_methods.study.withdrawal import masked, turns_of, withdrawal

TEXT = "Titre\n\nP1 : Un.\n\nP12 : Deux.\n\nP1: Trois, dit P1 : quatre.\n"


def _tables(label: str | None, persons: str = "a;b") -> tuple[pd.DataFrame, pd.DataFrame]:
    consent = pd.DataFrame(
        {"person": ["a", "b"], "label": [label, "P12"], "withdrawn_on": pd.to_datetime(["2024-01-01", None])}
    )
    return consent, pd.DataFrame({"document": ["d"], "persons": [persons]})


def test_a_label_is_not_taken_for_the_beginning_of_another():
    assert [TEXT[start:end] for start, end in turns_of("P1", TEXT)] == ["P1 : Un.", "P1: Trois, dit P1 : quatre."]


def test_a_mask_keeps_the_length_in_code_points():
    text = "P1 : été 🙂.\n\nP2 : oui."
    blanked = masked(text, turns_of("P1", text))
    assert len(blanked) == len(text)
    assert blanked.endswith("\n\nP2 : oui.")


def test_turns_are_blanked_where_others_speak_too():
    who = withdrawal(*_tables("P1"), {"d": TEXT})
    assert who.removed == {}
    assert len(who.spans["d"]) == 2


def test_a_document_goes_where_the_person_cannot_be_told_apart():
    assert withdrawal(*_tables("Zoé"), {"d": TEXT}).removed == {"d": "a"}
    assert withdrawal(*_tables(None), {"d": TEXT}).removed == {"d": "a"}


def test_a_document_goes_where_no_one_is_left():
    assert withdrawal(*_tables("P1", "a"), {"d": TEXT}).removed == {"d": "a"}
