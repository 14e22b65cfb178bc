"""Find what identifies people in a text: names and places of lists, and identifiers of French and Belgian forms."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import pandas as pd

from vises_methods.errors import InputError
from vises_methods.qualitative.arguments import checked_arguments
from vises_methods.qualitative.identifier_forms import STRUCTURED, forms_in
from vises_methods.qualitative.tables import checked_documents, require_option

FOUND_COLUMNS = ["document", "start", "end", "kind", "found", "left", "right", "reason", "accept"]
LISTED = ("person", "place", "organisation")
KINDS = (*LISTED, *STRUCTURED)
_SENTENCE_END = ".!?:;…«“\"'‘-–—("
_CAPITALISED = re.compile(
    r"(?<=[^\W\d_][ ,]|[,;] )(?<!\w)[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ]{2,}(?:[-'’][A-ZÀ-ÖØ-Þa-zà-öø-ÿ]+)*(?!\w)"
)
_TITLES = frozenset(("Mme", "Mlle", "Monsieur", "Madame", "Mevr", "Dhr"))
_PARTICLE_WORDS = "van von de der den du des la le les ter ten te el al ben di da dos"
_PARTICLES = frozenset(_PARTICLE_WORDS.split())


@dataclass(frozen=True)
class _Hit:
    start: int
    end: int
    kind: str
    reason: str
    accept: bool = True

    @property
    def rank(self) -> int:
        """The lower, the surer."""
        order = ("check_digits", "listed", "form", "titled", "speaker", "same_name", "listed_small", "common")
        return order.index(self.reason) if self.reason in order else len(order)


@checked_arguments
def find_identifiers(
    documents: pd.DataFrame,
    /,
    *,
    lists: Mapping[str, Sequence[str]] | None = None,
    common: Mapping[str, Sequence[str]] | None = None,
    structured: Sequence[str] = STRUCTURED,
    capitalised: bool = False,
    width: int = 30,
) -> pd.DataFrame:
    """Find what would be replaced, in its context, for someone to review.

    Names of lists are found whatever their case and accents, with a Dutch genitive ("Jans", "Anna's") and after a
    French elision ("d'Awa"). A name that a title, an introduction ("je m'appelle") or the opening of a turn gives away
    is looked for in all documents. Where two finds overlap, the longer one stays.

    Parameters
    ----------
    documents : DataFrame
        Columns ``document, text``.
    lists : mapping of str to sequence of str, optional
        Names by kind: ``person``, ``place``, ``organisation``.
    common : mapping of str to sequence of str, optional
        Usual names by kind, such as first names and communes: taken with a capital only, and at the beginning of a
        sentence only where the documents do not use the word in small letters (*rose*, *geel*).
    structured : sequence of str
        Which forms to look for: ``email, national_number`` (Belgian and French), ``bank_account, phone, birth_date,
        address, postcode, licence_plate, titled_name`` (a name after "Mme", "Dhr."…) and ``speaker`` (a name that opens
        a turn).
    capitalised : bool
        Show also the words that have a capital inside a sentence and are on no list, ``accept`` False.
    width : int
        Characters of context on either side.

    Returns
    -------
    DataFrame
        ``document, start, end, kind, found, left, right, reason, accept``. The reason is ``listed``, ``listed_small``
        (without its capital), ``common``, ``form``, ``check_digits`` (the form, confirmed), ``titled``, ``speaker``,
        ``same_name`` or ``capitalised``; ``accept`` is for the reviewer to change. It holds what identifies people:
        keep it where the originals are.

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
    for option, names in (("lists", lists or {}), ("common", common or {})):
        for kind in names:
            require_option(kind, LISTED, f"{where}({option}=)")
    for kind in structured:
        require_option(kind, STRUCTURED, f"{where}(structured=)")
    if width < 0:
        raise InputError("out_of_range", f"{where}(width=)", value=width, allowed="≥ 0")
    contents = list(texts["text"])
    forms = [[_Hit(*form) for form in forms_in(text, structured)] for text in contents]
    given_away = {
        text[hit.start : hit.end] for text, hits in zip(contents, forms, strict=True) for hit in hits if _is_name(hit)
    }
    searches = _searches(lists or {}, common or {}, given_away, contents)
    found = [
        _without_overlap([*hits, *_of_lists(text, searches), *(_unknown_names(text) if capitalised else ())])
        for text, hits in zip(contents, forms, strict=True)
    ]
    rows = [
        _row(document, text, hit, width)
        for document, text, hits in zip(texts["document"], contents, found, strict=True)
        for hit in hits
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


def parts_of_name(name: str) -> list[str]:
    """Return a person's name and the parts by which they may be called alone: first names, and the surname.

    Examples
    --------
    >>> parts_of_name("Jan Van den Bossche")
    ['Jan Van den Bossche', 'Jan', 'Van den Bossche', 'Bossche']
    """
    words = name.split()
    parts = [name]
    for place, word in enumerate(words):
        if word.lower() in _PARTICLES:
            if place and words[place - 1].lower() not in _PARTICLES:
                parts.append(" ".join(words[place:]))
        elif len(word.strip(".")) > 1:
            parts.append(word)
    return list(dict.fromkeys(parts))


def _row(document: str, text: str, hit: _Hit, width: int) -> tuple[str, int, int, str, str, str, str, str, bool]:
    left, right = text[max(hit.start - width, 0) : hit.start], text[hit.end : hit.end + width]
    return document, hit.start, hit.end, hit.kind, text[hit.start : hit.end], left, right, hit.reason, hit.accept


@cache
def _folded_character(character: str) -> str:
    base = unicodedata.normalize("NFD", character)[0].lower()
    return "'" if base == "’" else base if len(base) == 1 else character


def _is_name(hit: _Hit) -> bool:
    return hit.kind in ("titled_name", "speaker")


@dataclass(frozen=True)
class _Search:
    kind: str
    reason: str
    pattern: re.Pattern[str]
    also_words: frozenset[str] = frozenset()


def _searches(
    lists: Mapping[str, Sequence[str]],
    common: Mapping[str, Sequence[str]],
    given_away: set[str],
    contents: Sequence[str],
) -> list[_Search]:
    small = frozenset(word for text in contents for word in re.findall(r"(?<!\w)[^\W\d_A-ZÀ-Þ]\w+", text))
    plain_small = frozenset(folded(word) for word in small)
    asked = [
        *((kind, "listed", names) for kind, names in lists.items()),
        ("person", "same_name", [part for name in sorted(given_away) for part in parts_of_name(name)]),
        *((kind, "common", names) for kind, names in common.items()),
    ]
    return [
        _Search(
            kind, reason, _listed(names, genitive=kind == "person"), plain_small if reason != "listed" else frozenset()
        )
        for kind, reason, names in asked
        if any(name.strip() for name in names)
    ]


def _listed(names: Sequence[str], *, genitive: bool) -> re.Pattern[str]:
    """Return an expression for the folded names, the longest first."""
    written = sorted({folded(name.strip()) for name in names if name.strip()}, key=lambda name: (-len(name), name))
    words = "|".join(r"[\s-]+".join(re.escape(part) for part in re.split(r"[\s-]+", name)) for name in written)
    ending = "(?:'?s)?" if genitive else ""
    return re.compile(rf"(?<!\w)(?:{words})(?={ending}(?!\w))")


def _of_lists(text: str, searches: Sequence[_Search]) -> Iterator[_Hit]:
    plain = folded(text)
    for search in searches:
        for match in search.pattern.finditer(plain):
            start, end = match.span()
            capital = text[start].isupper() or not text[start].isalpha()
            if search.reason == "listed":
                yield _Hit(start, end, search.kind, "listed" if capital else "listed_small")
            elif capital and not (match.group() in search.also_words and _opens_sentence(text, start)):
                yield _Hit(start, end, search.kind, search.reason)


def _opens_sentence(text: str, start: int) -> bool:
    before = text[:start].rstrip(" \t\u00a0\u202f")
    return not before or before[-1] in _SENTENCE_END or before[-1] in "\r\n"


def _unknown_names(text: str) -> Iterator[_Hit]:
    for match in (match for match in _CAPITALISED.finditer(text) if match.group() not in _TITLES):
        yield _Hit(*match.span(), "person", "capitalised", accept=False)


def _without_overlap(hits: Sequence[_Hit]) -> list[_Hit]:
    kept: list[_Hit] = []
    taken: set[int] = set()
    for hit in sorted(hits, key=lambda hit: (not hit.accept, hit.start - hit.end, hit.rank, hit.start)):
        places = range(hit.start, hit.end)
        if taken.isdisjoint(places):
            kept.append(hit)
            taken.update(places)
    return sorted(kept, key=lambda hit: hit.start)
