"""The review: a sheet with every find in its context, which a coordinator reads, changes and gives back."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Collection, Mapping
from pathlib import Path

import pandas as pd

from vises_methods.errors import InvalidStudyError, Problem
from vises_methods.pseudonymisation.names import rows_of
from vises_methods.pseudonymisation.passages import fingerprint_of
from vises_methods.pseudonymisation.words import meant, word
from vises_methods.qualitative.identifiers import KINDS, LISTED, find_identifiers
from vises_methods.qualitative.pseudonyms import LETTERS, identity_of

COLUMNS = (
    "enterprise",
    "place",
    "left",
    "found",
    "right",
    "kind",
    "reason",
    "decision",
    "pseudonym",
    "other",
    "mark",
)
DECIDED = ["enterprise", "document", "start", "end", "kind", "found", "pseudonym"]
_ERRORS = "pseudonymisation.errors"
_PSEUDONYM = re.compile(r"[^\s,;:\"‹›=+@-][^,;:\"‹›\r\n\t]{0,39}")
_MARK = re.compile(r"m(\d+)-(\d+)-(\d+)-(\d+)-([0-9a-f]{12})")
_QUOTED = "‹{}›"


def write_review(path: Path, finds: pd.DataFrame, lang: str) -> None:
    """Write the sheet, for a spreadsheet program of the reader's language.

    Names stand between ‹ › so that a spreadsheet makes neither a number nor a formula of a telephone number.

    Parameters
    ----------
    path : Path
        Must not exist: a review that someone worked on is never overwritten.
    finds : DataFrame
        ``enterprise, document, start, end, kind, found, left, right, reason, accept, pseudonym, text``.
    lang : {"fr", "nl", "en"}
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow([word("columns", column, lang) for column in COLUMNS])
        for number, row in enumerate(finds.to_dict("records"), 1):
            decision = "replace" if row["accept"] else "keep"
            digest = fingerprint_of(row["text"])[:12]
            writer.writerow(
                [
                    row["enterprise"],
                    row["document"],
                    f"…{_line(row['left'])}",
                    _QUOTED.format(_line(row["found"])),
                    f"{_line(row['right'])}…",
                    word("kinds", row["kind"], lang),
                    word("reasons", row["reason"], lang),
                    word("decisions", decision, lang),
                    row["pseudonym"],
                    "",
                    f"m{number}-{len(finds)}-{row['start']}-{row['end']}-{digest}",
                ]
            )


def read_review(
    path: Path, passages: Mapping[str, Mapping[str, str]], earlier: Mapping[str, Mapping[str, Collection[str]]]
) -> tuple[pd.DataFrame, int]:
    """Read the sheet back and hold it against the texts.

    A row without a mark was added by the reader: its name is looked for in the place it names, or everywhere. A
    pseudonym of the reader's own holds for every occurrence of the name in the enterprise.

    Parameters
    ----------
    path : Path
    passages : mapping of str to mapping of str to str
        The text of each passage, by enterprise.
    earlier : mapping of str to mapping of str to collection of str
        The fingerprints each passage had before earlier runs: what was reviewed then is done already.

    Returns
    -------
    decided : DataFrame
        What is to be replaced: ``enterprise, document, start, end, kind, found, pseudonym``; the pseudonym of an added
        row is empty where the reader gave none.
    kept : int
        How many finds the reader keeps.

    Raises
    ------
    InvalidStudyError
        With every problem of the sheet.
    """
    lines, header = rows_of(path)
    columns = {meant("columns", name): name for name in header}
    missing = [name for name in COLUMNS if name not in columns]
    if missing:
        values = {"found": header, "missing": missing}
        raise InvalidStudyError(path.name, [Problem(f"{_ERRORS}.review_columns", path.name, row=1, values=values)])
    rows = [(number, {name: line[columns[name]] for name in COLUMNS}) for number, line in lines]
    sheet = _Sheet(path.name, passages, earlier)
    for number, row in rows:
        sheet.take(number, row)
    sheet.require_whole()
    if sheet.problems:
        raise InvalidStudyError(path.name, sheet.problems)
    return sheet.decided(), sheet.kept


class _Sheet:
    """Takes the rows one by one, and remembers what is wrong with them."""

    def __init__(
        self,
        name: str,
        passages: Mapping[str, Mapping[str, str]],
        earlier: Mapping[str, Mapping[str, Collection[str]]],
    ) -> None:
        self.name, self.passages, self.earlier = name, passages, earlier
        self.problems: list[Problem] = []
        self.kept = 0
        self._found: list[dict[str, object]] = []
        self._added: list[dict[str, object]] = []
        self._marks: dict[int, int] = {}
        self._total = self._spoilt = 0
        self._told: set[tuple[str, str]] = set()

    def take(self, number: int, row: dict[str, str]) -> None:
        """Take one row."""
        if row["mark"] and not self._counted(number, row["mark"]):
            return
        decision = meant("decisions", row["decision"]) if row["decision"] else None if row["mark"] else "replace"
        kind = meant("kinds", row["kind"]) if row["kind"] else None if row["mark"] else "person"
        enterprise = row["enterprise"] or (next(iter(self.passages)) if len(self.passages) == 1 else "")
        if decision is None:
            self._tell(number, "decision", "decision", value=row["decision"])
        if kind is None or kind not in KINDS:
            self._tell(number, "kind", "kind", value=row["kind"])
        if enterprise not in self.passages:
            self._tell(number, "enterprise", "enterprise", value=row["enterprise"], allowed=sorted(self.passages))
        if row["other"] and not _PSEUDONYM.fullmatch(row["other"]):
            self._tell(number, "other", "pseudonym", value=row["other"])
        if decision is None or kind not in KINDS or enterprise not in self.passages:
            return
        entry: dict[str, object] = {**row, "row": number, "kind": kind, "enterprise": enterprise, "decision": decision}
        if row["mark"]:
            self._reviewed(number, entry)
        elif decision == "replace":
            self._look_for(number, entry)

    def require_whole(self) -> None:
        """Tell the rows that were taken out of the sheet: nobody decided on them."""
        missing = self._total - len(self._marks) - self._spoilt
        if missing > 0:
            self._tell(None, None, "rows_missing", count=missing, total=self._total)

    def decided(self) -> pd.DataFrame:
        """Return what is to be replaced, with its pseudonym."""
        frame = pd.DataFrame(self._found, columns=[*DECIDED, "other", "row"])
        taken = {(f["enterprise"], f["document"], place) for f in self._found for place in _places(f)}
        free = [a for a in self._added if all((a["enterprise"], a["document"], p) not in taken for p in _places(a))]
        frame = pd.concat([frame, pd.DataFrame(free, columns=frame.columns)], ignore_index=True)
        own = self._own_pseudonyms(_records(frame))
        frame["pseudonym"] = [self._chosen(row, own) for row in _records(frame)]
        if self.problems:
            raise InvalidStudyError(self.name, self.problems)
        return frame[DECIDED].drop_duplicates(["enterprise", "document", "start"], ignore_index=True)

    def _counted(self, number: int, mark: str) -> bool:
        """Say whether a row of the original sheet is there for the first time."""
        match = _MARK.fullmatch(mark)
        if not match:
            self._spoilt += 1
            self._tell(number, "mark", "mark", value=mark)
            return False
        place, total = int(match[1]), int(match[2])
        self._total = max(total, self._total)
        if place in self._marks:
            self._tell(number, "mark", "row_twice", first=self._marks[place])
            return False
        self._marks[place] = number
        return True

    def _reviewed(self, number: int, entry: dict[str, object]) -> None:
        match = _MARK.fullmatch(str(entry["mark"]))
        assert match is not None, "counted rows have a mark of the right form"
        start, end = int(match[3]), int(match[4])
        enterprise, document = str(entry["enterprise"]), str(entry["place"])
        text = self.passages[enterprise].get(document)
        if text is None or not fingerprint_of(text).startswith(match[5]):
            self._changed_since(number, enterprise, document, match[5])
        elif not start < end <= len(text):
            self._tell(number, "mark", "mark", value=entry["mark"])
        elif entry["decision"] == "keep":
            self.kept += 1
        else:
            self._found.append({**entry, "document": document, "start": start, "end": end, "found": text[start:end]})

    def _changed_since(self, number: int, enterprise: str, document: str, digest: str) -> None:
        done = any(state.startswith(digest) for state in self.earlier.get(enterprise, {}).get(document, ()))
        if not done and (enterprise, document) not in self._told:
            self._told.add((enterprise, document))
            self._tell(number, "place", "changed_since", value=document, enterprise=enterprise)

    def _look_for(self, number: int, entry: dict[str, object]) -> None:
        name, kind = str(entry["found"]).strip("‹›… "), str(entry["kind"])
        passages = self.passages[str(entry["enterprise"])]
        where = [str(entry["place"])] if entry["place"] else list(passages)
        texts = pd.DataFrame([(p, passages[p]) for p in where if p in passages], columns=["document", "text"])
        hits = _occurrences(texts, name, kind) if name else pd.DataFrame()
        if hits.empty and not self._done_before(str(entry["enterprise"]), where):
            self._tell(number, "found", "not_found", value=name)
        pseudonym = str(entry["pseudonym"])
        self._added += [{**entry, **hit, "kind": kind, "pseudonym": pseudonym} for hit in _records(hits)]

    def _done_before(self, enterprise: str, places: list[str]) -> bool:
        return any(self.earlier.get(enterprise, {}).get(place) for place in places)

    def _own_pseudonyms(self, rows: list[dict[str, object]]) -> dict[tuple[object, ...], set[str]]:
        """Return the reader's own pseudonyms for each name, by enterprise and by document."""
        own: dict[tuple[object, ...], set[str]] = {}
        for row in (row for row in rows if row["other"]):
            everywhere = (row["enterprise"], *_identity(row))
            for scope in (everywhere, (*everywhere, row["document"])):
                own.setdefault(scope, set()).add(str(row["other"]))
            here = own[(*everywhere, row["document"])]
            if len(here) > 1:
                values = {"value": row["found"], "allowed": sorted(here)}
                self._tell(int(str(row["row"])), "other", "two_pseudonyms", **values)
        return own

    def _chosen(self, row: Mapping[str, object], own: Mapping[tuple[object, ...], set[str]]) -> str:
        """Return the pseudonym of a find: the document's own, the enterprise's own, else the suggested one."""
        everywhere = (row["enterprise"], *_identity(row))
        for scope in ((*everywhere, row["document"]), everywhere):
            if len(own.get(scope, ())) == 1:
                return next(iter(own[scope]))
        return str(row["pseudonym"])

    def _tell(self, row: int | None, column: str | None, code: str, **values: object) -> None:
        self.problems.append(Problem(f"{_ERRORS}.{code}", self.name, row=row, column=column, values=values))


def _occurrences(texts: pd.DataFrame, name: str, kind: str) -> pd.DataFrame:
    if kind in LISTED:
        return find_identifiers(texts, lists={kind: [name]}, structured=())[["document", "start", "end", "found"]]
    rows = [
        (document, match.start(), match.end(), match.group())
        for document, text in zip(texts["document"], texts["text"], strict=True)
        for match in re.finditer(re.escape(name), text)
    ]
    return pd.DataFrame(rows, columns=["document", "start", "end", "found"])


def _records(frame: pd.DataFrame) -> list[dict[str, object]]:
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def _identity(row: Mapping[str, object]) -> tuple[str, str]:
    return LETTERS[str(row["kind"])], identity_of(str(row["found"]))


def _places(entry: Mapping[str, object]) -> range:
    return range(int(str(entry["start"])), int(str(entry["end"])))


def _line(words: str) -> str:
    return " ".join(words.split("\n")).replace("\t", " ")
