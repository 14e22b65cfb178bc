"""Agreement where a unit may carry several codes: alpha on sets of codes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal, get_args

import pandas as pd

from vises_methods.errors import InputError
from vises_methods.qualitative.arguments import checked_arguments
from vises_methods.qualitative.coefficients import Coefficient
from vises_methods.qualitative.reliability import Interval, agreement
from vises_methods.qualitative.tables import in_order_of, require_option, require_type
from vises_methods.results import Result

Distance = Literal["masi", "jaccard", "nominal"]
_REFERENCES = {
    "masi": "Krippendorff (2019), Content Analysis, 4th ed., section 12.3; MASI: Passonneau (2006), LREC, p. 831",
    "jaccard": "Krippendorff (2019), Content Analysis, 4th ed., section 12.3; Jaccard (1912), New Phytologist 11",
    "nominal": "Krippendorff (2019), Content Analysis, 4th ed., section 12.3",
}


@checked_arguments
def set_agreement(
    ratings: pd.DataFrame,
    /,
    *,
    distance: Distance = "masi",
    coefficient: Coefficient | Sequence[Coefficient] = "krippendorff_alpha",
    lengths: Sequence[float] | pd.Series | str | None = None,
    clusters: str | Sequence[Any] | pd.Series | None = None,
    interval: Interval | None = None,
    ci: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> Result:
    """Measure agreement on the set of codes that each unit was given.

    Two coders who gave ``{a, b}`` and ``{a}`` agree in part. Two empty sets agree: both coders read the unit and found
    nothing in it.

    Parameters
    ----------
    ratings : DataFrame
        One row per unit, one column per coder; cells are sets, lists or tuples of codes, or codes with ``|`` between in
        one text. A missing cell is a unit that the coder did not read. :func:`units` makes such frames.
    distance : {"masi", "jaccard", "nominal"}
        How far apart two sets are: 1 less Jaccard's share in common; the same times 1 for equal sets, 2/3 where one
        holds the other, 1/3 where they overlap (MASI); or equal sets only.
    coefficient : str or sequence of str
        Any coefficient of :func:`agreement`; the sets' nearness serves as its weights.
    lengths : sequence, Series or "characters", optional
        What each unit counts for. ``"characters"`` takes it from the index levels ``start`` and ``end``, as for units
        cut with ``by="elementary"``.
    clusters, interval, ci, resamples, seed
        As in :func:`agreement`. With lengths, the interval is a bootstrap over the clusters, or over the units.

    Returns
    -------
    Result
        As :func:`agreement` gives it.

    Raises
    ------
    InputError
        For an unknown option, an empty frame, cells that are not sets, or lengths that are not positive.

    References
    ----------
    Passonneau, R. (2006). Measuring agreement on set-valued items (MASI). LREC, p. 831.

    Examples
    --------
    >>> sets = pd.DataFrame({"ana": [{"a", "b"}, set(), {"c"}], "ben": [{"a"}, set(), {"c"}]})
    >>> round(set_agreement(sets, distance="jaccard").value, 3)
    0.8
    """
    require_option(distance, get_args(Distance), "set_agreement(distance=)")
    require_type(ratings, pd.DataFrame, "set_agreement(ratings)")
    sets = ratings.set_axis(range(ratings.shape[1]), axis=1).map(_as_set)
    found = dict.fromkeys(cell for column in sets.columns for cell in sets[column] if cell is not None)
    categories = sorted(found, key=lambda cell: (len(cell), sorted(cell)))
    labels = {cell: "|".join(code.replace("|", "\\|") for code in sorted(cell)) for cell in categories}
    named = sets.map(lambda cell: None if cell is None else labels[cell]).set_axis(ratings.columns, axis=1)
    names = [labels[cell] for cell in categories]
    nearness = [[_NEARNESS[distance](first, second) for second in categories] for first in categories]
    weights = pd.DataFrame(nearness, index=names, columns=names)
    result = agreement(
        named,
        coefficient=coefficient,
        weights=None if distance == "nominal" else weights,
        categories=names or None,
        lengths=_lengths(lengths, ratings.index),
        clusters=clusters,
        interval=interval,
        ci=ci,
        resamples=resamples,
        seed=seed,
    )
    options = {key: value for key, value in result.options.items() if key not in ("weights", "level", "categories")}
    return Result(
        method=f"{result.method} on sets of codes",
        reference=_REFERENCES[distance],
        estimates=result.estimates,
        details=result.details,
        options=options | {"distance": distance},
        notices=result.notices,
        not_estimable=result.not_estimable,
        inputs=result.inputs,
    )


def _as_set(cell: Any) -> frozenset[str] | None:
    if isinstance(cell, str):
        return frozenset(code.strip() for code in cell.split("|") if code.strip())
    if isinstance(cell, Iterable):
        return frozenset(str(code) for code in cell)
    if pd.isna(cell):
        return None
    raise InputError(
        "wrong_type",
        "set_agreement(ratings)",
        value=str(cell),
        type=type(cell).__name__,
        allowed="set, list, tuple, str",
    )


def _lengths(lengths: Sequence[float] | pd.Series | str | None, index: pd.Index) -> Sequence[float] | None:
    if lengths is None:
        return None
    if not isinstance(lengths, str):
        return [float(length) for length in in_order_of(index, lengths)]
    require_option(lengths, ("characters",), "set_agreement(lengths=)")
    if not {"start", "end"} <= set(index.names):
        levels = [str(name) for name in index.names]
        raise InputError("unknown_option", "set_agreement(lengths=)", value="start, end", allowed=levels)
    spans = index.to_frame(index=False)
    return [float(length) for length in spans["end"] - spans["start"]]


def _jaccard(first: frozenset[str], second: frozenset[str]) -> float:
    return len(first & second) / len(first | second) if first | second else 1.0


def _masi(first: frozenset[str], second: frozenset[str]) -> float:
    if first == second:
        return 1.0
    holding = first <= second or second <= first
    return _jaccard(first, second) * (2 / 3 if holding else 1 / 3)


def _equal(first: frozenset[str], second: frozenset[str]) -> float:
    return float(first == second)


_NEARNESS: dict[str, Callable[[frozenset[str], frozenset[str]], float]] = {
    "masi": _masi,
    "jaccard": _jaccard,
    "nominal": _equal,
}
