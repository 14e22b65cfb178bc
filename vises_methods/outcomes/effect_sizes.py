"""Effect sizes with their sampling variances, under the names that metafor's ``escalc`` gives them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from vises_methods.errors import InputError
from vises_methods.outcomes import (
    effect_sizes_change,
    effect_sizes_correlations,
    effect_sizes_groups,
    effect_sizes_tables,
)
from vises_methods.outcomes.requirements import Floats, numbers, require_option, same_length

Formula = Callable[..., tuple[Floats, Floats]]
FORMULAS: dict[str, tuple[Formula, tuple[str, ...]]] = {
    **effect_sizes_groups.FORMULAS,
    **effect_sizes_change.FORMULAS,
    **effect_sizes_correlations.FORMULAS,
    **effect_sizes_tables.FORMULAS,
}
MEASURES: tuple[str, ...] = tuple(FORMULAS)
OPTIONS = ("vtype", "add", "to", "drop00")


def effect_size(measure: str, **columns: Any) -> pd.DataFrame:
    """Turn summaries of studies or enterprises into effect sizes and variances, ready for pooling.

    Parameters
    ----------
    measure : str
        Two groups: MD, SMD (Hedges' g, exact gamma factor), SMDH, SMD1, SMD1H, ROM, CVR, VR, RPB, RBIS, D2OR, D2ORN.
        Before and after: MC, SMCC, SMCR (standardised by the SD at baseline), SMCRH, ROMC, CVRC, VRC.
        Two by two: RD, RR, OR, AS, PETO, PHI, YUQ, YUY, RTET, PBIT, OR2D, OR2DN; paired: MPRD, MPRR, MPOR, MPORC,
        MPPETO. Proportions: PR, PLN, PLO, PAS, PFT. Rates: IRR, IRD, IRSD, IR, IRLN, IRS, IRFT. Correlations: COR,
        UCOR, ZCOR, PCOR, ZPCOR, SPCOR. One mean: MN, MNLN, SMN, CVLN, SDLN. Reliability: ARAW, AHW, ABT.
    **columns
        ``escalc``'s own names, one value per study: ``m1i, sd1i, n1i, m2i, sd2i, n2i``; ``ai, bi, ci, di`` or
        ``ai, n1i, ci, n2i``; ``xi, ni``; ``x1i, t1i, x2i, t2i``; ``xi, ti``; ``ri, ni``; ``ti, mi, ni, r2i`` of a
        regression with ``mi`` predictors; ``mi, sdi, ni``; ``ai, mi, ni`` for reliability.
        For a change, 1 is the later and 2 the earlier time and ``ri`` their correlation; SMCR divides by ``sd1i``, so
        give there the SD that shall be the yardstick (for the baseline: the SD at the first wave). Options:
        ``vtype`` ("LS" default; where the measure has them "UB", "LS2", "HO", "AV", "AVHO", "ST", "CS"), ``add`` (1/2),
        ``to`` ("only0", "all", "if0all", "none") and ``drop00`` (no effect where neither group had an event). metafor
        takes and ignores a ``vtype`` that the measure does not have; here it is an error.

    Returns
    -------
    DataFrame
        Columns ``yi`` and ``vi``, one row per study. A study whose summaries do not allow the measure (n of 1, a
        negative ratio) has missing values there; pooling sets it aside and counts it.

    Raises
    ------
    InputError
        On an unknown measure or option, a missing or unknown column, or columns of different lengths.

    References
    ----------
    Viechtbauer, W. (2010). Journal of Statistical Software 36(3), section 3.1, and the help page of ``escalc``;
    Hedges, L. V. (1981). Journal of Educational Statistics 6:107-128, equation 6e (the exact factor).

    Examples
    --------
    >>> effect_size("SMD", m1i=[52.1], sd1i=[9.8], n1i=[25], m2i=[47.3], sd2i=[10.4], n2i=[22]).round(3)
          yi     vi
    0  0.468  0.088
    """
    require_option(measure, MEASURES, "effect_size(measure=)")
    formula, accepted = FORMULAS[measure]
    options = {name: columns.pop(name) for name in OPTIONS if name in columns}
    if options.get("vtype") == "LS" and "vtype" not in accepted:
        del options["vtype"]
    for name in [*columns, *options]:
        require_option(name, accepted, "effect_size(**columns)")
    vectors = {name: np.atleast_1d(numbers(np.atleast_1d(np.asarray(column, dtype=object)), "effect_size", name))
               for name, column in columns.items()}  # fmt: skip
    same_length("effect_size(**columns)", *vectors.values())
    try:
        with np.errstate(divide="ignore", invalid="ignore"):
            yi, vi = formula(**vectors, **options)
    except TypeError:
        needed = [name for name in accepted if name not in OPTIONS]
        missing = [name for name in needed if name not in vectors]
        raise InputError(
            "missing_columns", "effect_size(**columns)", found=list(vectors), required=needed, missing=missing
        ) from None
    sound = np.isfinite(yi) & np.isfinite(vi)
    return pd.DataFrame({"yi": np.where(sound, yi, np.nan), "vi": np.where(sound, vi, np.nan)})


def hedges_factor(df: float | Floats) -> Any:
    """Return Hedges' exact small-sample factor, gamma(df/2) / (sqrt(df/2) gamma((df - 1)/2)); none under 2 degrees.

    Examples
    --------
    >>> round(float(hedges_factor(8)), 4)
    0.9027
    """
    return effect_sizes_groups.correction(np.asarray(df, dtype=float))
