"""What may be shown of people: which of their words may be quoted, and which counts are too small."""

from __future__ import annotations

import pandas as pd

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
    agreed = consent[consent["withdrawn_on"].isna() & consent["purposes"].map(lambda cell: "quotes" in items(cell))]
    persons = set(agreed["person"])
    documents = case.documents
    open_ones = documents[documents["access"].isin(case.study.privacy.quotes)]
    return frozenset(row["document"] for row in open_ones.to_dict("records") if set(items(row["persons"])) <= persons)


def small_cells(counts: pd.Series, /, minimum: int) -> pd.Series:
    """Say which counts of persons are too small to be shown.

    Zero may be shown, since it points at no one; a count that is missing stays hidden.

    Parameters
    ----------
    counts : Series
        Counts of persons.
    minimum : int
        The study's ``privacy.minimum_cell``.

    Returns
    -------
    Series
        True where the count must be hidden.

    Examples
    --------
    >>> small_cells(pd.Series([0, 2, 3]), 3).tolist()
    [False, True, False]
    """
    return counts.isna() | ((counts > 0) & (counts < minimum))
