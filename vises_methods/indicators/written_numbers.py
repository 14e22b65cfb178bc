"""Numbers as people write them in French, Dutch and English; what could be read in two ways is refused."""

from __future__ import annotations

import re
from collections.abc import Iterable

_SPACES = re.compile(r"[\s\u00a0\u2009\u202f\u2007'\u2019]")
_MONEY = re.compile(r"^(?:€|EUR)\s*|\s*(?:%|€|EUR|euros?)$", re.IGNORECASE)
_SIGNS = {"\u2212": "-", "\u2013": "-"}
_DECIMAL = {"fr": ",", "nl": ",", "en": "."}
_GROUP = {"fr": "", "nl": ".", "en": ","}


class NumberError(ValueError):
    """Why a text is no number; ``code`` is ``number_unread`` or ``number_ambiguous``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def parse_number(written: str, lang: str | None, *, decimal: str | None = None) -> float:
    """Read a number as a language writes it.

    French and Dutch have a decimal comma, English a decimal point. Thousands are grouped by spaces of any width
    everywhere, by points in Dutch, by commas in English. A point in French may be either, in Belgium: where three
    digits follow a single one it is refused, as is ``1.234`` or ``1,234`` where no language is told.

    Parameters
    ----------
    written : str
        A sign, digits and separators; a closing ``%``, and ``€``, ``EUR`` or ``euro`` at either end, are left aside.
        Thousands may also be parted by apostrophes.
    lang : {"fr", "nl", "en"} or None
    decimal : {",", "."} or None
        The decimal mark that the rest of the column shows, where neither the number nor the language decides.

    Raises
    ------
    NumberError
        The text is no number, or can be read in two ways.

    Examples
    --------
    >>> parse_number("1 234,5", "fr"), parse_number("1.234,5", "nl"), parse_number("1,234.5", "en")
    (1234.5, 1234.5, 1234.5)
    """
    text = "".join(_SIGNS.get(sign, sign) for sign in written).strip()
    text = _MONEY.sub("", text).strip()
    spaced = re.fullmatch(r"[+-]?\d{1,3}(?:[\s\u00a0\u2009\u202f\u2007'\u2019]\d{3})+(?:[.,]\d+)?", text)
    if _SPACES.search(text) and not spaced:
        raise NumberError("number_unread")
    text = _SPACES.sub("", text)
    if not re.fullmatch(r"[+-]?(?:\d+(?:[.,]\d+)*|[.,]\d+)", text):
        raise NumberError("number_unread")
    marks = re.findall(r"[.,]", text)
    if len(set(marks)) == 2:
        return _both_marks(text, marks, lang)
    if not marks:
        return float(text)
    try:
        return _one_mark(text, marks, lang, grouped_by_space=spaced is not None)
    except NumberError as problem:
        if problem.code != "number_ambiguous" or decimal is None:
            raise
        return float(text.replace(marks[0], "." if marks[0] == decimal else ""))


def decimal_marks(written: Iterable[str]) -> set[str]:
    """The decimal marks that the numbers of a column show beyond doubt, whatever its language.

    Examples
    --------
    >>> sorted(decimal_marks(["1.234", "45,5"])), sorted(decimal_marks(["1.234"]))
    ([','], [])
    """
    found = set()
    for text in written:
        marks = re.findall(r"[.,]", text)
        tail = text.rpartition(marks[-1])[2] if marks else ""
        digits = len(re.match(r"\d*", tail).group())  # type: ignore[union-attr]
        if len(marks) > 1 and len(set(marks)) == 1:
            found.add("," if marks[0] == "." else ".")
        elif len(set(marks)) == 2 or (marks and digits != 3):
            found.add(marks[-1])
    return found


def _both_marks(text: str, marks: list[str], lang: str | None) -> float:
    """The last mark is the decimal one; the other one groups by three."""
    decimal = marks[-1]
    group = "." if decimal == "," else ","
    if marks.count(decimal) > 1 or not re.fullmatch(rf"[+-]?\d{{1,3}}(?:\{group}\d{{3}})+\{decimal}\d+", text):
        raise NumberError("number_unread")
    if lang is not None and decimal != _DECIMAL[lang]:
        raise NumberError("number_unread")
    return float(text.replace(group, "").replace(decimal, "."))


def _one_mark(text: str, marks: list[str], lang: str | None, *, grouped_by_space: bool) -> float:
    mark = marks[0]
    groups = re.fullmatch(rf"[+-]?[1-9]\d{{0,2}}(?:\{mark}\d{{3}})+", text) is not None and not grouped_by_space
    if len(marks) > 1:
        if not groups or (lang is not None and mark == _DECIMAL[lang]):
            raise NumberError("number_unread")
        return float(text.replace(mark, ""))
    if lang is None:
        if groups:
            raise NumberError("number_ambiguous")
        return float(text.replace(mark, "."))
    if mark == _DECIMAL[lang]:
        return float(text.replace(mark, "."))
    if groups and mark == _GROUP[lang]:
        return float(text.replace(mark, ""))
    raise NumberError("number_ambiguous" if groups else "number_unread")
