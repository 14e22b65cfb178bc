"""What may be shown of people: which of their words may be quoted."""

from __future__ import annotations

from vises_methods.study.enterprise import Enterprise
from vises_methods.study.withdrawal import items


def quotable(case: Enterprise, /) -> frozenset[str]:
    """Return the documents from which passages may be quoted.

    A document may be quoted when its ``access`` is one that the study's privacy settings allow, and every person who
    speaks in it agreed to ``quotes`` and has not withdrawn.

    Parameters
    ----------
    case : Enterprise

    Returns
    -------
    frozenset of str
        Identifiers of documents.
    """
    consent = case.consent
    agreed = consent[consent["withdrawn_on"].isna()].to_dict("records")
    persons = {row["person"] for row in agreed if "quotes" in items(row["purposes"])}
    documents = case.documents
    open_ones = documents[documents["access"].isin(case.study.privacy.quotes)]
    return frozenset(row["document"] for row in open_ones.to_dict("records") if set(items(row["persons"])) <= persons)
