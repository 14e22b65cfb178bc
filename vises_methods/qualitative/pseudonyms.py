"""Replace what identifies people by pseudonyms, with every coding kept in place and the key kept apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from vises_methods.errors import InputError
from vises_methods.qualitative.arguments import checked_arguments
from vises_methods.qualitative.identifiers import KINDS, find_identifiers, folded, parts_of_name
from vises_methods.qualitative.tables import checked_codings, checked_documents, require_columns, require_option

KEY_COLUMNS = ["document", "start", "end", "kind", "pseudonym", "original"]
LETTERS = {
    "person": "P",
    "titled_name": "P",
    "place": "L",
    "address": "A",
    "organisation": "O",
    "email": "E",
    "phone": "T",
    "national_number": "N",
    "bank_account": "B",
    "speaker": "P",
    "birth_date": "D",
    "postcode": "C",
    "licence_plate": "K",
}


@dataclass(frozen=True)
class Pseudonymised:
    """Texts with pseudonyms.

    Attributes
    ----------
    documents : DataFrame
        As given, ``text`` replaced.
    codings : DataFrame
        As given, ``start, end`` moved along; ``quote`` cut anew, where there is one.
    key : DataFrame
        ``document, start, end`` (in the new text), ``kind, pseudonym, original``, one row per replacement. Whoever
        has it can undo the work: keep it outside the study.
    """

    documents: pd.DataFrame
    codings: pd.DataFrame
    key: pd.DataFrame


@checked_arguments
def pseudonymise(
    documents: pd.DataFrame,
    codings: pd.DataFrame | None = None,
    /,
    *,
    found: pd.DataFrame | None = None,
    lists: Mapping[str, Sequence[str]] | None = None,
    key: pd.DataFrame | None = None,
) -> Pseudonymised:
    """Replace names and identifiers by pseudonyms such as ``[P1]``, the same for the same person everywhere.

    Letters say what stood there: P person, L place, A address, C postcode, O organisation, E e-mail, T telephone, N
    national number, B bank account, D date of birth, K number plate. Memos of codings are treated like
    texts; the key does not bring them back.

    Parameters
    ----------
    documents : DataFrame
        Columns ``document, text``; further columns are kept.
    codings : DataFrame, optional
        Columns ``document, coder, code, start, end``; further columns are kept.
    found : DataFrame, optional
        What to replace, reviewed: as :func:`find_identifiers` gives it, rows added or with ``accept`` False as the
        reviewer decided; a column ``pseudonym``, where it is not empty, says by what. When not given,
        all that :func:`find_identifiers` finds with ``lists``.
    lists : mapping of str to sequence of str, optional
        Names by kind (``person, place, organisation``).
    key : DataFrame, optional
        The key of an earlier run, so that persons keep their pseudonyms.

    Returns
    -------
    Pseudonymised
        A coding that begins or ends inside a replaced name is widened to the whole pseudonym.

    Raises
    ------
    InputError
        For missing columns, spans outside their text, or finds that overlap.

    References
    ----------
    Saunders, B., Kitzinger, J., & Kitzinger, C. (2015). Anonymising interview data. Qualitative Research 15(5), p. 616.

    Examples
    --------
    >>> texts = pd.DataFrame({"document": ["d"], "text": ["Anna ziet Bert. Anna lacht."]})
    >>> pseudonymise(texts, lists={"person": ["Anna", "Bert"]}).documents["text"].tolist()
    ['[P1] ziet [P2]. [P1] lacht.']
    """
    where = "pseudonymise"
    texts = checked_documents(documents, f"{where}(documents)")
    empty = pd.DataFrame(columns=["document", "coder", "code", "start", "end"])
    spans = checked_codings(empty if codings is None else codings, texts, f"{where}(codings)")
    hits = _reviewed(find_identifiers(texts, lists=lists) if found is None else found, texts, where)
    names = Register(key, texts)
    replaced, keys, moved = [], [], []
    for document, text in zip(texts["document"], texts["text"], strict=True):
        own = hits[hits["document"] == document]
        changes = [
            (int(start), int(end), str(kind), chosen or names.of(str(kind), text[start:end]))
            for start, end, kind, chosen in zip(own["start"], own["end"], own["kind"], own["pseudonym"], strict=True)
        ]
        replaced.append(_replaced(text, changes))
        keys += _key_rows(document, text, changes)
        moved.append(_moved(spans[spans["document"] == document], changes))
    carried = pd.concat(moved).sort_index() if moved else spans
    new_texts = dict(zip(texts["document"], replaced, strict=True))
    if "quote" in carried:
        places = zip(carried["document"], carried["start"], carried["end"], strict=True)
        carried = carried.assign(quote=[new_texts[d][start:end] for d, start, end in places])
    if "memo" in carried:
        listed = _known_names(hits, dict(zip(texts["document"], texts["text"], strict=True)), lists)
        carried = carried.assign(memo=[_memo(memo, listed, names) for memo in carried["memo"]])
    return Pseudonymised(
        documents=texts.assign(text=replaced), codings=carried, key=pd.DataFrame(keys, columns=KEY_COLUMNS)
    )


@checked_arguments
def reidentify(pseudonymised: Pseudonymised, /) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Undo the work with the key: for whoever holds it.

    Parameters
    ----------
    pseudonymised : Pseudonymised
        With its key, as :func:`pseudonymise` gave it.

    Returns
    -------
    (documents, codings)
        As they were; a coding that was widened to a whole pseudonym covers the whole name.

    Raises
    ------
    InputError
        Where a text does not hold a pseudonym at the place the key says.

    Examples
    --------
    >>> texts = pd.DataFrame({"document": ["d"], "text": ["Anna ziet Bert."]})
    >>> documents, _ = reidentify(pseudonymise(texts, lists={"person": ["Anna", "Bert"]}))
    >>> documents["text"].tolist()
    ['Anna ziet Bert.']
    """
    restored, moved = [], []
    frame, key = pseudonymised.documents, pseudonymised.key
    require_columns(frame, ("document", "text"), "reidentify(documents)")
    require_columns(key, KEY_COLUMNS, "reidentify(key)")
    require_columns(pseudonymised.codings, ("document", "start", "end"), "reidentify(codings)")
    for document, text in zip(frame["document"], frame["text"], strict=True):
        own = key[key["document"] == document].sort_values("start")
        for start, end, pseudonym in zip(own["start"], own["end"], own["pseudonym"], strict=True):
            if text[start:end] != pseudonym:
                place = f"{document}:{start}-{end}"
                raise InputError("qualitative.errors.key_mismatch", "reidentify", value=pseudonym, place=place)
        changes = list(zip(own["start"], own["end"], own["kind"], own["original"], strict=True))
        restored.append(_replaced(text, changes))
        mine = pseudonymised.codings
        moved.append(_moved(mine[mine["document"] == document], changes))
    codings = pd.concat(moved).sort_index() if moved else pseudonymised.codings
    texts = dict(zip(frame["document"], restored, strict=True))
    if "quote" in codings:
        places = zip(codings["document"], codings["start"], codings["end"], strict=True)
        codings = codings.assign(quote=[texts[d][start:end] for d, start, end in places])
    return frame.assign(text=restored), codings


@checked_arguments
def suggest_pseudonyms(
    found: pd.DataFrame,
    documents: pd.DataFrame,
    /,
    *,
    key: pd.DataFrame | None = None,
    same_as: Mapping[str, str] | None = None,
) -> pd.Series:
    """Give each find a pseudonym, the same for a person however they are called.

    A first name or a surname alone is the person of whom the full name was found, where there is one such person.

    Parameters
    ----------
    found : DataFrame
        Columns ``document, kind, found``, as :func:`find_identifiers` gives it.
    documents : DataFrame
        Columns ``document, text``: a pseudonym that stands there already is not given to someone else.
    key : DataFrame, optional
        ``kind, pseudonym, original`` of an earlier run, so that persons keep their pseudonyms.
    same_as : mapping of str to str, optional
        Other ways of calling someone (diminutives, nicknames), each with the name it stands for.

    Returns
    -------
    Series
        Like ``found``.

    Examples
    --------
    >>> texts = pd.DataFrame({"document": ["d"], "text": ["Mevr. Anna Claes. Anna, of Annie, lacht."]})
    >>> found = find_identifiers(texts, lists={"person": ["Anna Claes", "Anna", "Annie"]})
    >>> suggest_pseudonyms(found, texts, same_as={"Annie": "Anna Claes"}).tolist()
    ['[P1]', '[P1]', '[P1]']
    """
    require_columns(found, ("document", "kind", "found"), "suggest_pseudonyms(found)")
    register = Register(key, checked_documents(documents, "suggest_pseudonyms(documents)"))
    known = {identity_of(name): identity_of(meant) for name, meant in (same_as or {}).items()}
    persons = found[found["kind"].map(lambda kind: LETTERS[kind] == "P")]["found"]
    full = {identity_of(known.get(identity_of(name), name)) for name in (*persons, *(same_as or {}).values())}
    whole = _wholes(full) | known
    register.know_whole(whole)
    given = [
        register.of(kind, whole.get(identity_of(name), name) if LETTERS[kind] == "P" else name)
        for kind, name in zip(found["kind"], found["found"], strict=True)
    ]
    return pd.Series(given, index=found.index, dtype="str")


def _wholes(names: set[str]) -> dict[str, str]:
    """Return the full name that each part stands for, where only one has it."""
    owners: dict[str, set[str]] = {}
    for name in names:
        for part in parts_of_name(name)[1:]:
            owners.setdefault(identity_of(part), set()).add(name)
    return {part: next(iter(full)) for part, full in owners.items() if len(full) == 1}


Change = tuple[int, int, str, str]


class Register:
    """Gives each name its pseudonym: the same whatever its case and accents, and those of an earlier key first."""

    def __init__(self, key: pd.DataFrame | None, texts: pd.DataFrame) -> None:
        self._given: dict[tuple[str, str], str] = {}
        self._counts: dict[str, int] = {}
        self._written = "\n".join(texts["text"])
        if key is not None:
            require_columns(key, ("kind", "pseudonym", "original"), "pseudonymise(key=)")
            for kind, pseudonym, original in zip(key["kind"], key["pseudonym"], key["original"], strict=True):
                self._given[(LETTERS[kind], identity_of(original))] = pseudonym

    def of(self, kind: str, original: str) -> str:
        """Return the pseudonym of a name, a new one where it has none."""
        letter = LETTERS[kind]
        identity = (letter, identity_of(original))
        if identity not in self._given:
            self._given[identity] = self._next(letter)
        return self._given[identity]

    def know_whole(self, whole: Mapping[str, str]) -> None:
        """Give a person's full name the pseudonym that an earlier key gave to a part of it."""
        for part, full in whole.items():
            if ("P", part) in self._given:
                self._given.setdefault(("P", full), self._given["P", part])

    def _next(self, letter: str) -> str:
        """Return the first number that neither a person nor the text itself already has."""
        used = set(self._given.values())
        while True:
            self._counts[letter] = self._counts.get(letter, 0) + 1
            candidate = f"[{letter}{self._counts[letter]}]"
            if candidate not in used and candidate not in self._written:
                return candidate


def _known_names(
    hits: pd.DataFrame, texts: Mapping[str, str], lists: Mapping[str, Sequence[str]] | None
) -> dict[str, list[str]]:
    """Return the names to look for in memos: those of the lists and those replaced in the texts."""
    known = {kind: list(names) for kind, names in (lists or {}).items()}
    for document, start, end, kind in zip(hits["document"], hits["start"], hits["end"], hits["kind"], strict=True):
        if LETTERS[kind] in "PLO":
            listed = {"P": "person", "L": "place", "O": "organisation"}[LETTERS[kind]]
            known.setdefault(listed, []).append(texts[document][start:end])
    return known


def _memo(memo: Any, listed: Mapping[str, Sequence[str]], names: Register) -> Any:
    if not isinstance(memo, str) or not memo:
        return memo
    hits = find_identifiers(pd.DataFrame({"document": ["memo"], "text": [memo]}), lists=listed)
    changes = [
        (int(start), int(end), str(kind), names.of(str(kind), memo[start:end]))
        for start, end, kind in zip(hits["start"], hits["end"], hits["kind"], strict=True)
    ]
    return _replaced(memo, changes)


def identity_of(original: str) -> str:
    """Return what makes two ways of writing a name one: case, accents, hyphens and spaces do not count."""
    return " ".join(folded(original).replace("-", " ").split())


def _reviewed(found: pd.DataFrame, texts: pd.DataFrame, where: str) -> pd.DataFrame:
    require_columns(found, ("document", "start", "end", "kind"), f"{where}(found=)")
    kept = found[found["accept"].astype(bool)] if "accept" in found else found
    for kind in kept["kind"].unique():
        require_option(kind, KINDS, f"{where}(found=)")
    hits = checked_codings(kept.assign(coder="", code=""), texts, f"{where}(found=)")
    hits = hits.sort_values(["document", "start"], ignore_index=True)
    overlapping = hits["start"] < hits.groupby("document")["end"].shift(1)
    if overlapping.any():
        row = hits[overlapping].iloc[0]
        span = f"{row['start']}-{row['end']}"
        raise InputError("qualitative.errors.segments_overlap", f"{where}(found=)", span=span, document=row["document"])
    chosen = hits["pseudonym"] if "pseudonym" in hits else pd.Series(None, index=hits.index, dtype=object)
    return hits.assign(pseudonym=chosen.where(chosen.notna(), ""))


def _replaced(text: str, changes: Sequence[Change]) -> str:
    pieces, done = [], 0
    for start, end, _, new in changes:
        pieces += [text[done:start], new]
        done = end
    return "".join([*pieces, text[done:]])


def _key_rows(document: str, text: str, changes: Sequence[Change]) -> list[tuple[str, int, int, str, str, str]]:
    rows, shift = [], 0
    for start, end, kind, new in changes:
        rows.append((document, start + shift, start + shift + len(new), kind, new, text[start:end]))
        shift += len(new) - (end - start)
    return rows


def _moved(codings: pd.DataFrame, changes: Sequence[Change]) -> pd.DataFrame:
    """Move starts and ends along; one inside a replaced stretch goes to its edge."""
    starts = [moved_position(position, changes, at_end=False) for position in codings["start"]]
    ends = [moved_position(position, changes, at_end=True) for position in codings["end"]]
    return codings.assign(start=starts, end=ends).astype({"start": "int64", "end": "int64"})


def moved_position(position: int, changes: Sequence[Change], *, at_end: bool) -> int:
    """Return where a position stands after the changes; one inside a replaced stretch goes to its edge."""
    shift = 0
    for start, end, _, new in changes:
        if position <= start:
            break
        if position < end:
            return start + shift + (len(new) if at_end else 0)
        shift += len(new) - (end - start)
    return position + shift
