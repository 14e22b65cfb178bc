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
