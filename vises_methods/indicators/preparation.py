"""Values made comparable in size: divided by what they should be read against."""

from __future__ import annotations

import numpy as np
import pandas as pd

from vises_methods.errors import InputError
from vises_methods.indicators.arrays import Floats
from vises_methods.indicators.cells import Cells, Sheet, numeric, sheet
from vises_methods.indicators.tree import IndicatorTree
from vises_methods.results import Notice, Result, fingerprint

_REFERENCE = "OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 2, pp. 23-24"


def denominate(
    values: pd.DataFrame | Cells, tree: IndicatorTree, /, *, denominators: pd.DataFrame | None = None
) -> Result:
    """Divide indicators by the denominator that the framework names for them.

    Use it before all else where an indicator grows with size: hours by full-time equivalents, accidents by hours.

    Parameters
    ----------
    values : DataFrame or Cells
        Unit × indicator. The denominators may stand among its columns.
    tree : IndicatorTree
        Its nodes name their ``denominator``.
    denominators : DataFrame, optional
        Unit × denominator, where they stand apart.

    Returns
    -------
    Result
        Per divided indicator two rows: ``correlation_before`` and ``correlation_after``, with the denominator (over the
        units that have both): a check that the size has gone. ``details["correlations"]``: every indicator, undivided,
        with every denominator, to see which others grow with size. ``details["values"]`` and ``["states"]``: all
        indicators. A value whose denominator is missing or zero is empty and ``not_collected``, and told.

    Raises
    ------
    InputError
        A denominator of the framework has no column; a denominator is below zero.

    References
    ----------
    OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 2, pp. 23-24.

    Examples
    --------
    >>> import pandas as pd
    >>> nodes = {"code": ["i", "a"], "parent": [None, "i"], "denominator": [None, "fte"]}
    >>> tree = IndicatorTree.from_frame(pd.DataFrame(nodes))
    >>> values = pd.DataFrame({"a": [10.0, 30.0], "fte": [5.0, 10.0]}, index=["u", "v"])
    >>> denominate(values, tree).details["values"]["a"].tolist()
    [2.0, 3.0]
    """
    laid = sheet(values, tree, tree.indicators, "denominate(values)")
    plain = values.numbers if isinstance(values, Cells) else values
    divisors, named = _divisors(plain if denominators is None else denominators, tree, laid)
    divided = np.where(named, _divide(laid.numbers, divisors), laid.numbers)
    lost = named & np.isnan(divided) & ~np.isnan(laid.numbers)
    states = laid.with_states(lost, "not_collected")
    count = int(lost.sum())
    return Result(
        method="denomination",
        reference=_REFERENCE,
        estimates=_checks(laid, divisors, divided, named[0]),
        details={
            "values": pd.DataFrame(divided, index=laid.units, columns=list(laid.indicators)),
            "states": states,
            "correlations": _with_all(laid, _named(plain if denominators is None else denominators, tree, laid)),
        },
        options={"denominators": {code: tree.node(code).denominator for code in laid.indicators}},
        notices=(*laid.notices, *([Notice("indicators.notices.not_divided", {"count": count})] if count else [])),
        inputs={"values": fingerprint(laid.values_frame)}
        | ({} if denominators is None else {"denominators": fingerprint(denominators)}),
    )


def _divisors(
    frame: pd.DataFrame, tree: IndicatorTree, laid: Sheet
) -> tuple[Floats, np.ndarray[tuple[int, int], np.dtype[np.bool_]]]:
    names = [tree.node(code).denominator for code in laid.indicators]
    columns = _named(frame, tree, laid)
    divisors = np.ones(laid.numbers.shape)
    for i, name in enumerate(names):
        if name is not None:
            divisors[:, i] = columns[name].to_numpy()
    return divisors, np.broadcast_to([name is not None for name in names], divisors.shape)


def _named(frame: pd.DataFrame, tree: IndicatorTree, laid: Sheet) -> pd.DataFrame:
    """The denominators that the framework names, unit × denominator."""
    names = {tree.node(code).denominator for code in laid.indicators}
    wanted = sorted(name for name in names if name is not None)
    missing = [name for name in wanted if name not in frame.columns]
    if missing:
        raise InputError(
            "missing_columns", "denominate(denominators=)", found=list(frame), required=wanted, missing=missing
        )
    columns = numeric(frame[wanted], "denominate(denominators=)").reindex(index=laid.units)
    if (columns < 0).to_numpy().any():
        raise InputError("out_of_range", "denominate(denominators=)", value=float(columns.min().min()), allowed="≥ 0")
    return columns


def _divide(numbers: Floats, divisors: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(divisors > 0, numbers / divisors, np.nan)


def _with_all(laid: Sheet, divisors: pd.DataFrame) -> pd.DataFrame:
    """The correlation of each indicator with each denominator, with the number of units that have both."""
    rows = []
    for name in divisors:
        column = divisors[name].to_numpy(dtype=float)
        for i, code in enumerate(laid.indicators):
            both = ~np.isnan(laid.numbers[:, i]) & ~np.isnan(column)
            varied = both.sum() > 2 and np.ptp(laid.numbers[both, i]) > 0 and np.ptp(column[both]) > 0
            found = float(np.corrcoef(laid.numbers[both, i], column[both])[0, 1]) if varied else np.nan
            rows.append({"indicator": code, "denominator": str(name), "correlation": found, "n": int(both.sum())})
    return pd.DataFrame(rows, columns=["indicator", "denominator", "correlation", "n"])


def _checks(
    laid: Sheet, divisors: Floats, divided: Floats, named: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
) -> pd.DataFrame:
    rows = []
    for i in np.flatnonzero(named):
        for measure, numbers in (("correlation_before", laid.numbers), ("correlation_after", divided)):
            both = ~np.isnan(numbers[:, i]) & ~np.isnan(divisors[:, i])
            varied = both.sum() > 2 and np.ptp(numbers[both, i]) > 0 and np.ptp(divisors[both, i]) > 0
            found = np.corrcoef(numbers[both, i], divisors[both, i])[0, 1] if varied else np.nan
            rows.append(
                {
                    "measure": measure,
                    "subject": laid.indicators[i],
                    "estimate": found,
                    "n": int(both.sum()),
                    "coverage": float(both.mean()),
                    "unit": "correlation",
                    "reason": None if varied else "indicators.reasons.no_variation",
                }
            )
    columns = ["measure", "subject", "estimate", "n", "coverage", "unit", "reason"]
    return pd.DataFrame(rows, columns=columns)
