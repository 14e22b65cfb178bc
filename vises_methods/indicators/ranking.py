"""An order of units, on request, with how much of it is certain."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from vises_methods.errors import InputError
from vises_methods.indicators.arrays import Floats, Integers
from vises_methods.indicators.composite import Composite, require_composite
from vises_methods.indicators.simulation import ranks_of
from vises_methods.results import Notice, Result


def ranking(composite: Composite, /, *, node: str, within: pd.Series | None = None) -> Result:
    """Order units by the worst case of their scores, with the places that are possible.

    Use it only where an order was asked for. A unit's place is the one it holds with everything missing at the floor,
    so that nobody climbs by silence; its interval holds every place that its missing values leave open, given those
    of the others.

    Parameters
    ----------
    composite : Composite
        Of :func:`compose`.
    node : str
        The heading.
    within : Series, optional
        The group of each unit: then places are those within the group.

    Returns
    -------
    Result
        One row per unit: ``estimate`` its place (1 the highest; equals share it), ``low`` and ``high`` the best and the
        worst place possible, ``coverage`` of its score. Uncertainty of method comes on top: see :func:`uncertainty`.

    References
    ----------
    Saisana, Saltelli and Tarantola (2005), Journal of the Royal Statistical Society A 168, 307-323.

    Examples
    --------
    >>> import pandas as pd
    >>> from vises_methods.indicators import IndicatorTree, compose
    >>> nodes = {"code": ["i", "a", "b"], "parent": [None, "i", "i"], "min": [None, 0, 0], "max": [None, 10, 10]}
    >>> values = pd.DataFrame({"a": [9.0, 8.0], "b": [None, 8.0]}, index=["u", "v"])
    >>> composite = compose(values, IndicatorTree.from_frame(pd.DataFrame(nodes)))
    >>> ranking(composite, node="i").estimates[["subject", "estimate", "low", "high"]].to_numpy().tolist()
    [['u', 2.0, 1.0, 2.0], ['v', 1.0, 1.0, 2.0]]
    """
    require_composite(composite, "ranking(composite)")
    if node not in composite.scores:
        raise InputError("unknown_option", "ranking(node=)", value=node, allowed=list(composite.scores))
    rows = composite.estimates[composite.estimates["measure"] == node].reset_index(drop=True)
    scored = rows["estimate"].notna().to_numpy()
    worst = np.where(scored, rows["low"].to_numpy(dtype=float), np.nan)
    best = np.where(scored, rows["high"].to_numpy(dtype=float), np.nan)
    place, low, high = np.full((3, len(rows)), np.nan)
    for members in _groups(rows["subject"], within):
        place[members] = ranks_of(worst[None, members])[0]
        low[members], high[members] = _possible(worst[members], best[members])
    places = pd.DataFrame(
        {
            "measure": "place",
            "subject": rows["subject"],
            "estimate": place,
            "low": np.where(scored, low, np.nan),
            "high": np.where(scored, high, np.nan),
            "n": rows["n"],
            "coverage": rows["coverage"],
            "unit": "place",
            "reason": rows["reason"],
        }
    )
    uneven = (
        bool(rows.loc[scored, "coverage"].max() - rows.loc[scored, "coverage"].min() > 0) if scored.any() else False
    )
    return Result(
        method="order by the worst case",
        reference="Saisana, Saltelli and Tarantola (2005), Journal of the Royal Statistical Society A 168, 307-323",
        estimates=places,
        options={
            "node": node,
            "within": None if within is None else sorted({str(word) for word in within}),
            "recipe": dict(composite.options),
        },
        notices=(Notice("indicators.notices.uneven_coverage"),) if uneven else (),
        inputs=composite.inputs,
    )


def _groups(subjects: pd.Series, within: pd.Series | None) -> Iterator[Integers]:
    if within is None:
        yield np.arange(len(subjects))
        return
    words = within.set_axis(within.index.astype(str)).reindex(subjects)
    if words.isna().any():
        unit = str(subjects[words.isna().to_numpy()].iloc[0])
        raise InputError("indicators.errors.group_missing", "ranking(within=)", unit=unit)
    told = words.astype(str).to_numpy()
    for word in dict.fromkeys(told):
        yield np.flatnonzero(told == word)


def _possible(worst: Floats, best: Floats) -> tuple[Floats, Floats]:
    """The best and the worst place that a unit may hold, given the limits of the others."""
    certainly_above = (worst[None, :] > best[:, None]).sum(axis=1)
    possibly_above = (best[None, :] > worst[:, None]).sum(axis=1) - (best > worst)
    return certainly_above + 1.0, possibly_above + 1.0
