"""Find what identifies people in a text: names and places of lists, and identifiers of French and Belgian forms."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from vises_methods.errors import InputError
from vises_methods.qualitative.tables import checked_documents, require_option

FOUND_COLUMNS = ["document", "start", "end", "kind", "found", "left", "right", "accept"]
LISTED = ("person", "place", "organisation")
STRUCTURED = ("email", "national_number", "bank_account", "phone", "address", "titled_name")
KINDS = (*LISTED, *STRUCTURED)
_NAME = r"[A-ZÀ-ÖØ-Þ][\w'’-]+"
_STREET = r"(?:rue|avenue|av\.|boulevard|bd|place|chemin|impasse|allée|quai|route|chaussée|square)"
_STRAAT = r"(?:straat|laan|weg|plein|steenweg|dreef|kaai|lei|singel|markt)"
_BELGIAN_NUMBER = r"\d{2}[.\s-]?\d{2}[.\s-]?\d{2}[\s.-]?\d{3}[.\s-]?\d{2}"
_FRENCH_NUMBER = r"[12378][\s.]?\d{2}[\s.]?\d{2}[\s.]?(?:\d{2}|2[AB])[\s.]?\d{3}[\s.]?\d{3}(?:[\s.-]?\d{2})?"
_PATTERNS = {
    "email": re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    "national_number": re.compile(rf"(?<![\d+])(?:{_FRENCH_NUMBER}|{_BELGIAN_NUMBER})(?!\d)"),
    "bank_account": re.compile(r"\b[A-Z]{2}\d{2}(?:\s?[\dA-Z]{4}){2,7}(?:\s?[\dA-Z]{1,3})?\b"),
    "phone": re.compile(r"(?<![\w+])(?:(?:\+|00)3[123][\s./-]?(?:\(0\)[\s./-]?)?|0)[1-9](?:[\s./-]?\d){7,8}(?!\d)"),
    "address": re.compile(
        rf"\b\d{{1,4}}(?:\s?(?:bis|ter))?,?\s+{_STREET}\s+(?:(?:de\s|du\s|des\s|la\s|le\s|les\s|l['’]|d['’]))*"
        rf"{_NAME}(?:[\s-]{_NAME})*|\b[A-ZÀ-Ý]\w*{_STRAAT}\s+\d{{1,4}}\s?[A-Za-z]?\b"
    ),
    "titled_name": re.compile(
        r"(?<!\w)(?:M\.|Mr\.?|Mme|Mlle|[Mm]adame|[Mm]onsieur|[Dd]hr\.|[Mm]evr\.|[Mm]evrouw|[Mm]eneer|[Mm]ijnheer|Dr\.?)"
        rf"\s+(?P<name>{_NAME}(?:\s+(?:(?:de|du|van|von|der|den|la|le)\s+)*{_NAME})?)"
    ),
}


@dataclass(frozen=True)
class _Hit:
    start: int
    end: int
    kind: str
    priority: int


def find_identifiers(
    documents: pd.DataFrame,
    /,
    *,
    lists: Mapping[str, Sequence[str]] | None = None,
    structured: Sequence[str] = STRUCTURED,
    width: int = 30,
) -> pd.DataFrame:
    """Find what would be replaced, in its context, for someone to review.

    Names of lists are found whatever their case and accents. Where two finds overlap, the longer one stays.

    Parameters
    ----------
    documents : DataFrame
        Columns ``document, text``.
    lists : mapping of str to sequence of str, optional
        Names by kind: ``person``, ``place``, ``organisation``.
    structured : sequence of str
        Which forms to look for: ``email, national_number`` (Belgian and French), ``bank_account, phone, address`` and
        ``titled_name`` (a name after "Mme", "Dhr."…).
    width : int
        Characters of context on either side.

    Returns
    -------
    DataFrame
        ``document, start, end, kind, found, left, right, accept``; ``accept`` is True, for the reviewer to change. It
        holds what identifies people: keep it where the originals are.

    Raises
    ------
    InputError
        For missing columns or an unknown kind.

    Examples
    --------
    >>> texts = pd.DataFrame({"document": ["d"], "text": ["Hélène: bel 0470 12 34 56."]})
    >>> find_identifiers(texts, lists={"person": ["helene"]})[["kind", "found"]].to_numpy().tolist()
    [['person', 'Hélène'], ['phone', '0470 12 34 56']]
    """
    where = "find_identifiers"
    texts = checked_documents(documents, f"{where}(documents)")
    for kind in lists or {}:
        require_option(kind, LISTED, f"{where}(lists=)")
    for kind in structured:
        require_option(kind, STRUCTURED, f"{where}(structured=)")
    if width < 0:
        raise InputError("out_of_range", f"{where}(width=)", value=width, allowed="≥ 0")
    patterns = {kind: _listed(names) for kind, names in (lists or {}).items() if any(name.strip() for name in names)}
    rows = [
        (
            document,
            hit.start,
            hit.end,
            hit.kind,
            text[hit.start : hit.end],
            text[max(hit.start - width, 0) : hit.start],
            text[hit.end : hit.end + width],
            True,
        )
        for document, text in zip(texts["document"], texts["text"], strict=True)
        for hit in _without_overlap([*_of_lists(text, patterns), *_of_forms(text, structured)])
    ]
    return pd.DataFrame(rows, columns=FOUND_COLUMNS).astype({"start": "int64", "end": "int64", "accept": bool})


def folded(text: str) -> str:
    """Return a text of the same length in lower case without accents.

    Examples
    --------
    >>> folded("Éléonore")
    'eleonore'
    """
    return "".join(_folded_character(character) for character in text)


def _folded_character(character: str) -> str:
    base = unicodedata.normalize("NFD", character)[0].lower()
    return "'" if base == "’" else base if len(base) == 1 else character


def _listed(names: Sequence[str]) -> re.Pattern[str]:
    """Return an expression for the folded names, the longest first."""
    written = sorted({folded(name.strip()) for name in names if name.strip()}, key=lambda name: (-len(name), name))
    words = "|".join(r"[\s-]+".join(re.escape(part) for part in re.split(r"[\s-]+", name)) for name in written)
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)")


def _of_lists(text: str, patterns: Mapping[str, re.Pattern[str]]) -> Iterator[_Hit]:
    plain = folded(text)
    for kind, pattern in patterns.items():
        for match in pattern.finditer(plain):
            yield _Hit(match.start(), match.end(), kind, LISTED.index(kind))


def _of_forms(text: str, structured: Sequence[str]) -> Iterator[_Hit]:
    for kind in structured:
        for match in _PATTERNS[kind].finditer(text):
            if kind == "national_number" and not _national(match.group()):
                continue
            name = "name" if kind == "titled_name" else 0
            yield _Hit(match.start(name), match.end(name), kind, len(LISTED) + STRUCTURED.index(kind))


def _national(written: str) -> bool:
    """Take what is written with separators as it stands; bare digits only where the check digits hold."""
    digits = re.sub(r"[^\dAB]", "", written)
    if len(digits) not in (11, 13, 15):
        return False
    if digits != written:
        return True
    if len(digits) == 11:
        return any(97 - int(f"{century}{digits[:9]}") % 97 == int(digits[9:]) for century in ("", "2"))
    number = digits.replace("2A", "19").replace("2B", "18")
    return len(digits) == 15 and 97 - int(number[:13]) % 97 == int(number[13:])


def _without_overlap(hits: Sequence[_Hit]) -> list[_Hit]:
    kept: list[_Hit] = []
    for hit in sorted(hits, key=lambda hit: (hit.start - hit.end, hit.priority, hit.start)):
        if all(hit.end <= other.start or hit.start >= other.end for other in kept):
            kept.append(hit)
    return sorted(kept, key=lambda hit: hit.start)
