"""A coded project as every reader gives it and every writer takes it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from vises_methods.catalogue import text
from vises_methods.qualitative.codebook import Codebook

DOCUMENTS = ["document", "text"]
CODINGS = ["document", "start", "end", "code", "coder", "quote", "memo", "created"]
CASES = ["case", "document", "memo"]
ATTRIBUTES = ["kind", "subject", "name", "value", "type"]
LOSSES = ["what", "count", "detail"]
UNNAMED = "?"
NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
BASES = ["document", "basis", "score", "on_word_edges", "quotes_match", "selections", "repaired", "by_project"]


@dataclass(frozen=True)
class CodedProject:
    """What a file of a coding tool holds, positions in code points over text with LF and no byte order mark.

    Attributes
    ----------
    documents : DataFrame
        ``document, text``; ``document`` is the document's name.
    codebook : Codebook
        A code's identity is its path, as ``"Impact/confiance"``.
    codings : DataFrame
        ``document, start, end, code, coder, quote, memo, created``; ``quote`` is cut from the text, not from the file.
    cases : DataFrame
        ``case, document, memo``: one row per case and document; ``document`` missing for a case without one.
    attributes : DataFrame
        ``kind`` ("case" or "document"), ``subject, name, value`` (as text), ``type`` ("text", "number" or "date").
    losses : DataFrame
        ``what, count, detail``: what the file held that was not taken, and what a reader must know about it.
    bases : DataFrame
        How positions were read, per document: ``basis``, its ``score``, the shares of selections ``on_word_edges`` and
        whose ``quotes_match``, ``selections``, and whether its own quotes were cut at
        wrong places and are ``repaired``, and whether its codings were too few to tell and the project's other
        documents told (``by_project``).
    """

    documents: pd.DataFrame
    codebook: Codebook
    codings: pd.DataFrame
    cases: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=CASES, dtype=object))
    attributes: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=ATTRIBUTES, dtype=object))
    losses: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=LOSSES))
    bases: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=BASES))

    def report(self, lang: str) -> list[str]:
        """Say what was not taken from the file and what was repaired, on what evidence, in sentences.

        Parameters
        ----------
        lang : {"fr", "nl", "en"}
        """
        room = "qualitative.losses"
        said = [
            text(f"{room}.{row['what']}", lang, count=int(row["count"]), detail=row["detail"])
            for row in self.losses.to_dict("records")
        ]
        return said + [
            text(
                f"{room}.{what}",
                lang,
                document=row["document"],
                count=int(row["selections"]),
                edges=row["on_word_edges"],
                quotes=row["quotes_match"],
            )
            for what in ("repaired", "by_project")
            for row in self.bases[self.bases[what].astype(bool)].to_dict("records")
        ]


def loss_frame(losses: Sequence[tuple[str, int, str]]) -> pd.DataFrame:
    """Return a frame of losses, without those that count nothing."""
    return pd.DataFrame([loss for loss in losses if loss[1]], columns=LOSSES)


def clean_name(name: object) -> str:
    """Return a name without the control characters that no exchange format holds; ``?`` where nothing is left of it."""
    text = "" if name is None else NOT_IN_XML.sub("", str(name))
    return text if text.strip() else UNNAMED


def distinct_names(names: Sequence[str]) -> list[str]:
    """Return the names, cleaned, with a number after those that occur again, so that each is an identity.

    Examples
    --------
    >>> distinct_names(["a", "b", "a"])
    ['a', 'b', 'a (2)']
    """
    seen: set[str] = set()
    given = []
    for name in map(clean_name, names):
        candidate, number = name, 1
        while candidate in seen:
            number += 1
            candidate = f"{name} ({number})"
        seen.add(candidate)
        given.append(candidate)
    return given
