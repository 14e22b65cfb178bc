"""Coded remarks as sentences in which codes and units are named as the reader knows them."""

from __future__ import annotations

import re
from typing import Any

from vises_methods.catalogue import has_text, text
from vises_methods.language.tables import in_words
from vises_methods.results import Remark, Result

_BARE = ("count", "ratio")
_CATEGORY = re.compile(r"^(?P<name>[^\[\]]+)\[(?P<category>[^\[\]]+)\]$")


def sentence(remark: Remark, result: Result, lang: str) -> str:
    """Return a remark in a language, its codes replaced by the labels that the result carries.

    Parameters
    ----------
    remark : Remark
    result : Result
        Its ``details["labels"]`` name codes, indicators, outcomes.
    lang : {"fr", "nl", "en"}
    """
    named = {place: _named(value, place, result, lang) for place, value in remark.values.items()}
    return text(remark.code, lang, **named)


def unit_in_words(unit: object, lang: str, *, short: bool = False) -> str:
    """Return a unit as it is written after a number, ``short`` beside a figure; nothing for one that has no name.

    Counts and ratios stand alone: no language says "0.39 number".
    """
    if not isinstance(unit, str) or not unit or unit in _BARE:
        return ""
    for family in ("short_units", "units") if short else ("units",):
        if has_text(f"language.{family}.{unit}", lang):
            return text(f"language.{family}.{unit}", lang)
    return unit


def _named(value: Any, place: str, result: Result, lang: str) -> Any:
    if isinstance(value, (list, tuple)):
        return [_named(item, place, result, lang) for item in value]
    if not isinstance(value, str):
        return value
    if place == "unit":
        # A unit may bring the space that parts it from its number, so that no space is left where there is no unit.
        space = value[: len(value) - len(value.lstrip())]
        return space + unit_in_words(value.strip(), lang) if value.strip() else ""
    category = category_in_words(value, result, lang)
    return f"{category[0]} ({category[1]})" if category else result.label(value, lang)


def category_in_words(code: str, result: Result, lang: str) -> tuple[str, str] | None:
    """Return the words of a covariate and of its category, for a code as ``age_band[under 30]``; None for any other."""
    found = _CATEGORY.match(code)
    if found is None:
        return None
    labelled = result.label(code, lang)
    category = in_words(found["category"], lang) if labelled == code else labelled
    return result.label(found["name"], lang), category
