"""Multiple imputation: one answer from several completed data sets."""

from __future__ import annotations

import numpy as np
import pandas as pd

from vises_methods.outcomes.inference import estimate_row, missing_row
from vises_methods.outcomes.requirements import Values, numbers, require_range, same_length
from vises_methods.results import NotEstimable, Result, fingerprint


def combine_imputations(
    estimates: Values, variances: Values, /, *, complete_df: float | None = None, n: int = 0, level: float = 0.95
) -> Result:
    """Combine the estimates of several imputed data sets by Rubin's rules, with degrees of freedom for small samples.

    Parameters
    ----------
    estimates, variances : sequence of float
        One per imputed data set: the estimate and its squared standard error.
    complete_df : float, optional
        Degrees of freedom that the analysis would have with nothing missing (CR2's for clustered data); infinite by
        default.
    n : int
        People behind the estimate, for the table.
    level : float

    Returns
    -------
    Result
        ``estimate`` with ``se`` and Barnard-Rubin ``df``; ``details["shares"]``: variance within and between the
        imputations, and the fraction of missing information.

    Raises
    ------
    InputError
        On different lengths.

    References
    ----------
    Rubin, D. B. (1987). Multiple Imputation for Nonresponse in Surveys, section 3.1; Barnard, J. and Rubin, D. B.
    (1999). Biometrika 86:948-955, equation 3.

    Examples
    --------
    >>> combined = combine_imputations([2.0, 2.4, 1.9], [0.25, 0.3, 0.2], complete_df=30)
    >>> combined.estimates[["estimate", "df"]].round(1).values.tolist()
    [[2.1, 11.7]]
    """
    where = "combine_imputations"
    require_range(level, 0, 1, f"{where}(level=)")
    q, u = numbers(estimates, where, "estimates"), numbers(variances, where, "variances")
    same_length(where, q, u)
    q, u = q[~np.isnan(q + u)], u[~np.isnan(q + u)]
    m = len(q)
    inputs = {"estimates": fingerprint(pd.DataFrame({"estimate": q, "variance": u}))}
    options = {"complete_df": complete_df, "level": level, "n": n}
    if m < 2:
        reason = "outcomes.reasons.one_imputation"
        row = missing_row("estimate", "imputations", reason, n=n, level=level)
        return Result("multiple imputation", "Rubin 1987, section 3.1", pd.DataFrame([row]), options=options,
                      not_estimable=NotEstimable(reason), inputs=inputs)  # fmt: skip
    within, between = float(u.mean()), float(q.var(ddof=1))
    total = within + (1 + 1 / m) * between
    share = (1 + 1 / m) * between / total if total > 0 else 0.0
    df = _degrees_of_freedom(share, m, complete_df)
    row = estimate_row(
        "estimate", "imputations", float(q.mean()), float(np.sqrt(total)), df, n=n, coverage=1.0, level=level
    )
    shares = {"within": within, "between": between, "missing_information": share, "imputations": m}
    return Result(
        method="multiple imputation",
        reference="Rubin 1987, section 3.1; Barnard and Rubin 1999, equation 3",
        estimates=pd.DataFrame([row]),
        details={"shares": pd.DataFrame([shares])},
        options=options,
        inputs=inputs,
    )


def _degrees_of_freedom(share: float, m: int, complete_df: float | None) -> float | None:
    large = (m - 1) / share**2 if share > 0 else float("inf")
    if complete_df is None or not np.isfinite(complete_df):
        return large if np.isfinite(large) else None
    observed = (complete_df + 1) / (complete_df + 3) * complete_df * (1 - share)
    return observed if not np.isfinite(large) else 1 / (1 / large + 1 / observed)
