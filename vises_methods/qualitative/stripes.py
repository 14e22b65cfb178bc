"""One document as each coder marked it, from its first character to its last, and how far their passages coincide."""

from __future__ import annotations

from typing import Any

import pandas as pd

from vises_methods.errors import InputError
from vises_methods.qualitative.arguments import checked_arguments
from vises_methods.qualitative.codebook import Codebook
from vises_methods.qualitative.confidentiality import OPEN, SMALL_CELL, Confidentiality
from vises_methods.qualitative.tables import checked_codings, checked_documents, readers, references
from vises_methods.qualitative.unitizing import unitizing_alpha
from vises_methods.results import NotEstimable, Result, fingerprint

_MARKS = ["code", "coder", "start", "end", "reference"]


@checked_arguments
def coder_continuum(
    codings: pd.DataFrame,
    documents: pd.DataFrame,
    /,
    *,
    document: str | None = None,
    codebook: Codebook | None = None,
    level: int | None = None,
    confidentiality: Confidentiality = OPEN,
) -> Result:
    """Lay the passages of all coders along one document, and measure how far their limits coincide.

    Use it before settling, to see where coders cut differently and where one read on while another marked nothing.
    The coefficient is Krippendorff's of 1995, which lets codes overlap; the other unitizing alphas do not.

    Parameters
    ----------
    codings : DataFrame
        Columns ``document, coder, code, start, end``.
    documents : DataFrame
        Columns ``document, text``; ``coders`` says who read each document, so that one who marked nothing has a line;
        ``title`` names it.
    document : str, optional
        The document to lay out; by default the one with most readers, then most codings, then the first by name.
    codebook : Codebook, optional
        Its order is that of the codes.
    level : int, optional
        Roll codes up to this level of the codebook first.
    confidentiality : Confidentiality, optional
        A document of too few persons whose words may not be quoted is not laid out; asked for by name, it has a reason.

    Returns
    -------
    Result
        ``estimates``: measure ``unitizing_alpha``, first for all codes (subject ``"units"``), then per code; then
        measure ``marked`` per coder, the share of the text that the coder gave any code, n their passages.
        ``details["marks"]``: every passage, ``code, coder, start, end, reference``; ``details["document"]``: one row,
        ``document, title, length``. Fewer than two readers, or no passage: a reason.

    Raises
    ------
    InputError
        For missing columns, a span outside its text, a document that is not in the table.

    References
    ----------
    Krippendorff, K. (1995). On the reliability of unitizing continuous data. Sociological Methodology 25, p. 47.

    Examples
    --------
    >>> texts = pd.DataFrame({"document": ["d"], "text": ["One. Two."], "coders": ["ana;ben"]})
    >>> marks = pd.DataFrame(
    ...     [("d", "ana", "X", 0, 4), ("d", "ben", "X", 0, 4)], columns=["document", "coder", "code", "start", "end"]
    ... )
    >>> coder_continuum(marks, texts).value
    1.0
    """
    where = "coder_continuum"
    texts = checked_documents(documents, f"{where}(documents)")
    frame = checked_codings(codings, texts, f"{where}(codings)")
    if codebook is not None:
        codebook.require(sorted(set(frame["code"])), f"{where}(codings)")
        frame = frame if level is None else codebook.rolled_up(frame, level)
    who = readers(texts, frame)
    told = {name: coders for name, coders in who.items() if confidentiality.may_cite(name)}
    refused = bool(who) and (document if document in who else next(iter(told), None)) not in told
    chosen = "" if refused else _chosen(frame, who if document is not None else told, document)
    own = frame[frame["document"] == chosen]
    coders = sorted(who.get(chosen, ()))
    described = _document(texts, chosen)
    length = int(described["length"].iloc[0])
    alpha = unitizing_alpha(own[["coder", "code", "start", "end"]], kind="1995", length=length, coders=coders)
    marked = [_marked(own[own["coder"] == coder], coder, length) for coder in coders]
    return Result(
        method="Unitizing alpha of one document, and its continuum",
        reference=alpha.reference,
        estimates=pd.concat([alpha.estimates.assign(measure="unitizing_alpha"), pd.DataFrame(marked)]),
        details={
            "marks": _marks(own, codebook),
            "document": described,
        },
        options={
            "document": document,
            "codebook": None if codebook is None else codebook.id,
            "level": level,
            "minimum": confidentiality.minimum,
        },
        not_estimable=_absent(alpha, refused) if own.empty or len(coders) < 2 else None,
        inputs={"codings": fingerprint(codings), "documents": fingerprint(documents)},
    )


def _absent(alpha: Result, refused: bool) -> NotEstimable | None:
    return NotEstimable(SMALL_CELL) if refused else alpha.not_estimable


def _chosen(frame: pd.DataFrame, who: dict[str, frozenset[str]], document: str | None) -> str:
    if document is not None and document not in who:
        raise InputError("unknown_option", "coder_continuum(document=)", value=document, allowed=sorted(who))
    if document is not None or not who:
        return document or ""
    given = frame["document"].value_counts().to_dict()
    return min(who, key=lambda name: (-len(who[name]), -given.get(name, 0), name))


def _document(texts: pd.DataFrame, chosen: str) -> pd.DataFrame:
    named = texts[texts["document"] == chosen]
    title = str(named["title"].iloc[0]) if "title" in named and len(named) else chosen
    length = int(named["text"].str.len().sum())
    return pd.DataFrame({"document": [chosen], "title": [title], "length": [length]})


def _marked(own: pd.DataFrame, coder: str, length: int) -> dict[str, Any]:
    covered: set[int] = set()
    for start, end in zip(own["start"], own["end"], strict=True):
        covered.update(range(start, end))
    share = len(covered) / length if length else 0.0
    return {"measure": "marked", "subject": coder, "estimate": share, "n": len(own), "coverage": 1.0}


def _marks(own: pd.DataFrame, codebook: Codebook | None) -> pd.DataFrame:
    order = {code.id: i for i, code in enumerate(codebook)} if codebook is not None else {}
    marks = own.assign(reference=references(own), place=own["code"].map(lambda code: order.get(code, len(order))))
    return marks.sort_values(["place", "code", "start", "end", "coder"], ignore_index=True)[_MARKS].drop_duplicates(
        ignore_index=True
    )
