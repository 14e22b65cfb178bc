"""Texts come in the language asked, with numbers as that language writes them."""

import pytest

from vises_methods.catalogue import localised, number, text


@pytest.mark.parametrize(
    ("value", "spec", "fr", "nl", "en"),
    [
        (1234.5, ".2f", "1 234,50", "1.234,50", "1,234.50"),
        (12345, "", "12 345", "12.345", "12,345"),
        (0.256, ".0%", "26 %", "26 %", "26 %"),
        (-0.5, "+.1f", "-0,5", "-0,5", "-0.5"),
        (0.5, "+.1f", "+0,5", "+0,5", "+0.5"),
        (3.0, "", "3", "3", "3"),
        (None, "", "–", "–", "–"),
        (float("nan"), ".1f", "–", "–", "–"),
    ],
)
def test_numbers(value, spec, fr, nl, en):
    written = {
        lang: number(value, lang, spec).replace("\u202f", " ").replace("\u00a0", " ") for lang in ("fr", "nl", "en")
    }
    assert written == {"fr": fr, "nl": nl, "en": en}


def test_placeholders_are_localised():
    assert text("results.interval", "fr", low=0.1, high=1.25) == "0,10 à 1,25"
    assert text("errors.unknown_option.allowed", "en", allowed=["a", "b"]) == "a, b"


def test_an_unknown_text_or_language_is_a_fault_of_the_program():
    with pytest.raises(KeyError, match=r"errors\.nothing"):
        text("errors.nothing", "en")
    with pytest.raises(KeyError, match="fr, nl, en"):
        text("results.interval", "de", low=0, high=1)


def test_a_label_falls_back_to_another_language_rather_than_nothing():
    assert localised({"nl": "Werk"}, "fr") == "Werk"
    assert localised({"fr": "Emploi", "en": "Jobs"}, "nl") == "Jobs"
    assert localised(None, "fr") == ""


@pytest.mark.parametrize(
    ("lang", "spoken"),
    [
        ("fr", {0: "0 valeur renseignée n'a", 1: "1 valeur renseignée n'a", 2: "2 valeurs renseignées n'ont"}),
        ("nl", {0: "0 ingevulde waarden konden", 1: "1 ingevulde waarde kon", 2: "2 ingevulde waarden konden"}),
        ("en", {0: "0 reported values could", 1: "1 reported value could", 2: "2 reported values could"}),
    ],
)
def test_a_word_goes_with_its_number(lang, spoken):
    for count, words in spoken.items():
        assert text("indicators.notices.cells_not_scored", lang, count=count).startswith(words)


def test_a_number_beyond_what_is_written_out_and_a_truth_value():
    assert number(1.2e90, "fr") == "1.2e+90"
    assert text("errors.unknown_option.found", "en", value=True) == "“True”"
