"""Framework matrix: what each case says on each theme, side by side."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from vises_methods.errors import InputError
from vises_methods.qualitative.arguments import checked_arguments
from vises_methods.qualitative.codebook import Codebook
from vises_methods.qualitative.confidentiality import OPEN, SMALL_CELL, Confidentiality
from vises_methods.qualitative.tables import (
    checked_codings,
    checked_documents,
    references,
    require_cells,
    require_columns,
)
from vises_methods.results import NotEstimable, Result, fingerprint


@checked_arguments
def framework_matrix(
    codings: pd.DataFrame,
    documents: pd.DataFrame,
    /,
    *,
    case: str = "document",
    themes: Sequence[str] | None = None,
    codebook: Codebook | None = None,
    level: int | None = None,
    confidentiality: Confidentiality = OPEN,
) -> Result:
    """Lay out cases × themes, each cell with the places that speak to it.

    The result holds places, never text; :func:`quotes` fetches the words for those who may read them.

    Parameters
    ----------
    codings : DataFrame
        Columns ``document, coder, code, start, end``, optional ``valence``; combined over coders first.
    documents : DataFrame
        Columns ``document, text`` and ``case``'s.
    case : str
        The column that says whose document it is.
    themes : sequence of str, optional
        The codes that are the columns, in order; those in use when not given.
    codebook : Codebook, optional
    level : int, optional
        Roll codes up to this level of the codebook first.
    confidentiality : Confidentiality, optional
        As in :func:`code_by_case`; the row of a case of too few persons is withheld.

    Returns
    -------
    Result
        One row per case and theme: ``estimate`` the number of segments, ``case, theme, negative`` (segments of negative
        or mixed valence); n is the number of the case's documents, coverage the share of them with any coding.
        ``details["evidence"]``: ``case, theme, reference, coder, valence``.

    Raises
    ------
    InputError
        For missing columns, spans outside their text, or codes that are not in the codebook.

    References
    ----------
    Ritchie, J., & Spencer, L. (1994). Qualitative data analysis for applied policy research. In Bryman & Burgess (eds),
    Analyzing Qualitative Data, p. 173.

    Examples
    --------
    >>> texts = pd.DataFrame({"document": ["d", "e"], "text": ["One.", "Two."], "person": ["p", "q"]})
    >>> marks = pd.DataFrame({"document": ["d"], "coder": ["a"], "code": ["X"], "start": [0], "end": [3]})
    >>> framework_matrix(marks, texts, case="person").estimates[["case", "theme", "estimate"]].to_numpy().tolist()
    [['p', 'X', 1.0], ['q', 'X', 0.0]]
    """
    where = "framework_matrix"
    texts = checked_documents(documents, f"{where}(documents)")
    require_columns(texts, (case,), f"{where}(documents)")
    require_cells(texts, (case,), f"{where}(documents)")
    spans = checked_codings(codings, texts, f"{where}(codings)")
    if codebook is not None:
        codebook.require(spans["code"], f"{where}(codings)")
        spans = spans if level is None else codebook.rolled_up(spans, level)
    spans = confidentiality.shown(spans)
    chosen = list(themes) if themes is not None else sorted(set(spans["code"]))
    whose = pd.Series(texts[case].astype(str).to_numpy(), index=texts["document"])
    spans = spans.assign(case=spans["document"].map(whose), theme=spans["code"], reference=references(spans))
    spans = spans if "valence" in spans else spans.assign(valence=None)
    found = spans[spans["theme"].isin(chosen)].sort_values(["case", "theme", "document", "start", "coder"])
    coded = texts["document"].isin(spans["document"]).groupby(whose.to_numpy()).agg(["size", "mean"])
    estimates = _withheld(_cells(found, coded, chosen), whose, confidentiality)
    known = estimates.loc[estimates["reason"].isna(), "case"]
    found = found[found["case"].isin(set(known))]
    return Result(
        method="Framework matrix",
        reference="Ritchie & Spencer (1994), in Bryman & Burgess (eds), Analyzing Qualitative Data, p. 173",
        estimates=estimates,
        details={"evidence": confidentiality.cited(found[["case", "theme", "reference", "coder", "valence"]])},
        options={
            "case": case,
            "themes": chosen,
            "codebook": None if codebook is None else {"id": codebook.id, "version": codebook.version},
            "level": level,
            "minimum": confidentiality.minimum,
        },
        notices=confidentiality.notices(withheld=bool(estimates["reason"].notna().any())),
        not_estimable=NotEstimable("qualitative.reasons.no_codings") if estimates.empty else None,
        inputs={"codings": fingerprint(codings), "documents": fingerprint(documents)},
    )


def _cells(found: pd.DataFrame, coded: pd.DataFrame, themes: Sequence[str]) -> pd.DataFrame:
    counts = found.groupby(["case", "theme"]).size()
    against = found[found["valence"].isin(["negative", "mixed"])].groupby(["case", "theme"]).size()
    rows = [
        {
            "measure": "segments",
            "subject": f"{name} × {theme}",
            "estimate": float(counts.get((name, theme), 0)),
            "n": int(coded.loc[name, "size"]),
            "coverage": float(coded.loc[name, "mean"]),
            "case": name,
            "theme": theme,
            "negative": int(against.get((name, theme), 0)),
        }
        for name in coded.index
        for theme in themes
    ]
    columns = ["measure", "subject", "estimate", "n", "coverage", "reason", "case", "theme", "negative"]
    return pd.DataFrame(rows, columns=columns)


def _withheld(cells: pd.DataFrame, whose: pd.Series, confidentiality: Confidentiality) -> pd.DataFrame:
    """Take the numbers of cases in whose closed texts too few persons speak: whole rows, the empty cells too."""
    few = {case for case, texts in whose.groupby(whose) if confidentiality.small(texts.index)}
    hidden = cells["case"].isin(few)
    counted = cells[["estimate", "negative", "coverage"]].astype("Float64").mask(hidden)
    reason = pd.Series(SMALL_CELL, index=cells.index).where(hidden, None)
    return cells.assign(
        estimate=counted["estimate"].astype(float),
        coverage=counted["coverage"].astype(float),
        negative=counted["negative"].astype("Int64"),
        reason=reason,
    )


@checked_arguments
def quotes(
    evidence: pd.DataFrame, documents: pd.DataFrame, /, *, permission: str | None = None, longest: int = 300
) -> pd.DataFrame:
    """Fetch the words that references point to, within consent.

    Parameters
    ----------
    evidence : DataFrame
        A result's ``details["evidence"]``, with the column ``reference`` (``document:start-end``).
    documents : DataFrame
        Columns ``document, text``.
    permission : str, optional
        The column of ``documents`` that says whether quotes may be shown; without True there, the quote is withheld.
    longest : int
        Characters; a longer quote ends in an ellipsis.

    Returns
    -------
    DataFrame
        The evidence with ``quote``, missing where it is withheld.

    Raises
    ------
    InputError
        For missing columns, or a reference that leads nowhere.

    Examples
    --------
    >>> texts = pd.DataFrame({"document": ["d"], "text": ["One two."]})
    >>> quotes(pd.DataFrame({"reference": ["d:4-7"]}), texts)["quote"].tolist()
    ['two']
    """
    require_columns(evidence, ("reference",), "quotes(evidence)")
    texts = checked_documents(documents, "quotes(documents)").set_index("document")
    if permission is not None:
        require_columns(documents, (permission,), "quotes(documents)")
    found = []
    for reference in evidence["reference"]:
        document, _, span = str(reference).rpartition(":")
        start, _, end = span.partition("-")
        if document not in texts.index or not (start.isdigit() and end.isdigit()):
            raise InputError("qualitative.errors.reference", "quotes(evidence)", value=str(reference))
        allowed = permission is None or texts.loc[document, permission] is True or texts.loc[document, permission] == 1
        text = str(texts.loc[document, "text"])[int(start) : int(end)]
        found.append(None if not allowed else text if len(text) <= longest else f"{text[:longest].rstrip()}…")
    return evidence.assign(quote=pd.Series(found, index=evidence.index, dtype=object))
