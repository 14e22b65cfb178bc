"""Texts by key and language, with numbers written as the language writes them.

Every word the workbook says to a reader stands in ``locale/<language>/<room>.yml``, one file per room of the package,
the same keys in the three languages. Errors need words too, so this module stands on the lowest floor.
"""

from __future__ import annotations

import pickle
import re
import string
from collections.abc import Mapping
from functools import cache, lru_cache
from numbers import Integral, Real
from pathlib import Path
from typing import Any, Literal, get_args

import yaml
from babel import Locale
from babel.numbers import NumberPattern, parse_pattern

Language = Literal["fr", "nl", "en"]
LANGUAGES: tuple[str, ...] = get_args(Language)
LOCALE_DIRECTORY = Path(__file__).parent / "locale"
_BABEL_LOCALE = {"fr": "fr_BE", "nl": "nl_BE", "en": "en_GB"}
NO_VALUE = "–"
_LONGEST = 1e15
_BEFORE = re.compile(" ([;?!])")
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def text(key: str, lang: str, /, **values: Any) -> str:
    """Return the text of ``key`` in ``lang``, its ``{placeholders}`` filled.

    Parameters
    ----------
    key : str
        ``"<room>.<name>…"``, for instance ``"errors.unknown_option.remedy"``.
    lang : {"fr", "nl", "en"}
    **values
        What the placeholders stand for. Numbers are written with the decimal sign and the thousands separator of the
        language; ``None`` is written as a dash; a list is written with commas. ``{n:|text|texts}`` is the word that
        goes with the number in the language.

    Raises
    ------
    KeyError
        When no text stands under ``key``: a fault of the program, never of the data.

    Examples
    --------
    >>> number(1234.5, "nl", ".2f")
    '1.234,50'
    """
    return _LocalFormatter(lang).vformat(_template(key, lang), (), values)


def text_as_written(key: str, lang: str, /) -> str:
    """Return a text without filling any place: for prose, in which braces are only braces."""
    return _template(key, lang)


def has_text(key: str, lang: str = "en") -> bool:
    """Say whether the catalogue of ``lang`` holds ``key``."""
    return key in entries(lang)


def localised(label: Mapping[str, str] | str | None, lang: str) -> str:
    """Return a label kept as ``{fr:, nl:, en:}`` in ``lang``, or in the first language that it has.

    Studies are seldom complete in three languages: what exists in another language is shown rather than nothing.

    Examples
    --------
    >>> localised({"fr": "Emploi"}, "nl")
    'Emploi'
    """
    if label is None:
        return ""
    if isinstance(label, str):
        return label
    for candidate in (lang, "en", "fr", "nl"):
        if label.get(candidate):
            return label[candidate]
    return ""


def number(value: float | None, lang: str, spec: str = "") -> str:
    """Write a number as ``lang`` does; ``spec`` is ``""``, ``.2f``, ``+.1f``, ``.0%``… as in a format string.

    What rounds to zero is written as zero, without a sign of what was lost.
    """
    if value is None or value != value:
        return NO_VALUE
    if abs(value) >= _LONGEST:
        return f"{value:.4g}"
    shown = _written(value if value else abs(value), lang, spec)
    return shown if value >= 0 or any(digit in shown for digit in "123456789") else number(0.0, lang, spec)


def yaml_content(written: str) -> Any:
    """Return what a YAML text holds, read by the parser in C where there is one: it takes a tenth of the time.

    Raises
    ------
    yaml.YAMLError
        When it is not YAML.

    Examples
    --------
    >>> yaml_content("a: [1, 2]")
    {'a': [1, 2]}
    """
    return pickle.loads(_parsed(written))


@lru_cache(16)
def _parsed(written: str) -> bytes:
    """Keep what was read of late: a study's framework and codebook are read for each enterprise again."""
    return pickle.dumps(yaml.load(written, _LOADER))


@cache
def entries(lang: str) -> dict[str, str]:
    """Return all texts of a language, flattened to ``{"room.name": template}``."""
    flat: dict[str, str] = {}
    for path in sorted((LOCALE_DIRECTORY / lang).glob("*.yml")):
        content = yaml.load(path.read_text(encoding="utf-8"), _LOADER) or {}
        _flatten(content, path.stem, flat)
    return {key: french_spaces(words) for key, words in flat.items()} if lang == "fr" else flat


def french_spaces(words: str) -> str:
    """Put the unbreakable spaces of French typography, so that no line begins with a punctuation mark.

    Examples
    --------
    >>> french_spaces("Quoi ?") == "Quoi\\u202f?"
    True
    """
    return _BEFORE.sub("\u202f\\1", words).replace(" :", "\u00a0:").replace("« ", "«\u00a0").replace(" »", "\u00a0»")


def _template(key: str, lang: str) -> str:
    if lang not in LANGUAGES:
        raise KeyError(f"no catalogue for language {lang!r}; the languages are {', '.join(LANGUAGES)}")
    try:
        return entries(lang)[key]
    except KeyError:
        raise KeyError(f"the catalogue locale/{lang} has no text {key!r}") from None


def _flatten(content: Mapping[str, Any], prefix: str, into: dict[str, str]) -> None:
    for name, value in content.items():
        key = f"{prefix}.{name}"
        if isinstance(value, Mapping):
            _flatten(value, key, into)
        else:
            into[key] = str(value)


@cache
def _locale(lang: str) -> Locale:
    return Locale.parse(_BABEL_LOCALE[lang])


@lru_cache(4096, typed=True)
def _written(value: float, lang: str, spec: str) -> str:
    """Write a number; the marks of a figure's axis are asked for again each time it is measured."""
    return str(_number_pattern(spec, isinstance(value, Integral)).apply(value, _locale(lang)))


@cache
def _number_pattern(spec: str, whole: bool) -> NumberPattern:
    """Return Babel's pattern, read once: reading it takes longer than writing a number by it."""
    return parse_pattern(_pattern(spec[:-1] + "f") + "\u00a0%" if spec.endswith("%") else _pattern(spec, whole))


def _pattern(spec: str, whole: bool = False) -> str:
    sign = spec.startswith("+")
    digits = spec.lstrip("+").rstrip("fd")
    if digits.startswith("."):
        decimals = int(digits[1:])
        body = "#,##0" + ("." + "0" * decimals if decimals else "")
    else:
        body = "#,##0" if whole else "#,##0.###"
    return f"+{body};-{body}" if sign else body


def _plain_number(value: Any) -> float | None:
    """Return a number as Python has it, None for anything else; numpy's numbers say that they are such too."""
    if isinstance(value, bool) or not isinstance(value, Real):
        return None
    as_python: Any = getattr(value, "item", lambda: value)
    plain: float = as_python()
    return plain


class _LocalFormatter(string.Formatter):
    def __init__(self, lang: str) -> None:
        self.lang = lang

    def format_field(self, value: Any, format_spec: str) -> str:
        if value is None:
            return NO_VALUE
        if format_spec.startswith("|"):
            singular, plural = format_spec[1:].split("|")
            return singular if _locale(self.lang).plural_form(abs(value)) == "one" else plural
        plain = _plain_number(value)
        if plain is not None:
            return number(plain, self.lang, format_spec)
        if isinstance(value, (list, tuple, set, frozenset)):
            return ", ".join(self.format_field(item, format_spec) for item in value)
        return str(format(value, format_spec))
