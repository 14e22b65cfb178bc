"""How the codebook of an enterprise came to be what it is: an earlier version that it kept beside the one of today."""

from __future__ import annotations

from typing import Any

import pandas as pd

from vises_methods.qualitative import Codebook, Operation, compare_codebooks
from vises_methods.results import NotEstimable, Result
from vises_methods.study import Enterprise
from vises_methods.study.code_changes import operations_since


def codebook_difference(case: Enterprise, /) -> Result:
    """Compare the earliest codebook that the enterprise kept with the one of today, with what was recorded between.

    Parameters
    ----------
    case : Enterprise
        Its earlier versions stand in ``codebooks/``, what was decided between them in ``codebook_changes.yml``.

    Returns
    -------
    Result
        As :func:`vises_methods.qualitative.compare_codebooks`; a reason where no earlier version was kept.

    Examples
    --------
    >>> from vises_methods.study import open_enterprise
    >>> result = codebook_difference(open_enterprise("demo", "fietsparaplu"))
    >>> result.options["old"], result.options["new"]
    ('vises-default 0.9', 'vises-default 1.0')
    """
    today = Codebook.from_yaml(case.codebook)
    kept = [book for book in map(Codebook.from_yaml, case.earlier_codebooks) if book.version != today.version]
    if not kept:
        reason = NotEstimable("synthesis.reasons.no_earlier_codebook")
        method = "Comparison of codebook versions"
        return Result(method=method, reference="", estimates=pd.DataFrame(), not_estimable=reason)
    first = max(kept, key=lambda book: (len(operations_since(case.codebook_changes, book.version)), -kept.index(book)))
    operations = [_operation(entry) for entry in operations_since(case.codebook_changes, first.version)]
    return compare_codebooks(first, today, operations=operations).labelled(first.labels() | today.labels())


def _operation(entry: dict[str, Any]) -> Operation:
    """Read an operation without its reason, which stands in three languages and is told with the operations."""
    return Operation.from_mapping({**entry, "reason": ""})
