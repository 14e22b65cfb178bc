"""Pooling over enterprises: the mean, what a new enterprise would show, and how far enterprises differ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy import stats

from vises_methods.errors import InputError
from vises_methods.outcomes.heterogeneity import (
    METHODS,
    Between,
    WeightedFit,
    between_variance,
    generalised_q,
    q_profile,
    typical_variance,
    weighted_fit,
)
from vises_methods.outcomes.inference import estimate_row, missing_row, quantile, share, stated_row
from vises_methods.outcomes.known_coverage import FEW_ENTERPRISES, known_narrow
from vises_methods.outcomes.pooling_details import influence, leave_one_out, shrunken
from vises_methods.outcomes.regression import covariate_columns
from vises_methods.outcomes.requirements import (
    Floats,
    Values,
    numbers,
    require_option,
    require_range,
    require_table,
    same_length,
)
from vises_methods.results import NotEstimable, Notice, Result, fingerprint

PoolingMethod = Literal["REML", "EE", "DL", "HE", "HS", "SJ", "ML", "EB", "PM"]
PoolingTest = Literal["z", "knha", "adhoc"]
TESTS: tuple[str, ...] = ("z", "knha", "adhoc")
PredictionRule = Literal["test", "k-2"]
_ROUNDING = 1e-12
RULES: tuple[str, ...] = ("test", "k-2")


class Pooled(Result):
    """A pooled mean or a meta-regression; the attributes are read from ``details["heterogeneity"]``."""

    @property
    def tau2(self) -> float | None:
        """Variance between enterprises."""
        return self._held("tau2")

    @property
    def tau2_se(self) -> float | None:
        """Standard error of tau squared."""
        return self._held("tau2_se")

    @property
    def I2(self) -> float | None:  # noqa: N802
        """Share of the total variance that is between enterprises, in percent: tau2 / (tau2 + typical variance)."""
        return self._held("I2")

    @property
    def H2(self) -> float | None:  # noqa: N802
        """Total over sampling variance."""
        return self._held("H2")

    @property
    def Q(self) -> float | None:  # noqa: N802
        """Cochran's Q; with moderators, the residual one."""
        return self._held("Q")

    @property
    def Q_p(self) -> float | None:  # noqa: N802
        """Its p value."""
        return self._held("Q_p")

    @property
    def QM(self) -> float | None:  # noqa: N802
        """Test of all moderators: chi square, or F with Knapp-Hartung."""
        return self._held("QM")

    @property
    def QM_p(self) -> float | None:  # noqa: N802
        """Its p value."""
        return self._held("QM_p")

    @property
    def R2(self) -> float | None:  # noqa: N802
        """Share of tau squared that the moderators explain, in percent."""
        return self._held("R2")

    @property
    def df(self) -> float | None:
        """Degrees of freedom of the tests; None for normal tests."""
        return self._held("df")

    @property
    def k(self) -> int:
        """How many enterprises were pooled."""
        return int(self.details["heterogeneity"]["k"].iloc[0])

    def _held(self, name: str) -> float | None:
        if "heterogeneity" not in self.details:
            return None
        cell = self.details["heterogeneity"][name].iloc[0]
        return None if pd.isna(cell) else float(cell)


def pool(
    effects: Values,
    variances: Values,
    method: PoolingMethod = "REML",
    test: PoolingTest = "z",
    moderators: pd.DataFrame | pd.Series | None = None,
    level: float = 0.95,
    *,
    names: Sequence[str] | None = None,
    prediction: PredictionRule = "test",
    grades: Sequence[int] | None = None,
    unit: str | None = None,
) -> Pooled:
    """Pool the estimates of several enterprises, and say what a similar new one would show.

    Use it for one outcome, one estimate per enterprise, all of one grade. With few enterprises, use ``test="knha"``
    or "adhoc": normal intervals are then too narrow.

    Parameters
    ----------
    effects, variances : sequence of float
        One per enterprise; those with a missing value are left out and counted.
    method : str
        How tau squared is estimated: "REML" (default), "EE" (none: equal effects), DerSimonian-Laird "DL", Hedges
        "HE", Hunter-Schmidt "HS", Sidik-Jonkman "SJ", "ML", empirical Bayes "EB", Paule-Mandel "PM".
    test : {"z", "knha", "adhoc"}
        Normal, Knapp-Hartung, or Knapp-Hartung never narrower than the normal standard error. Knapp-Hartung intervals
        can be narrower than normal ones when estimates agree by chance: "adhoc" forbids it. With five enterprises
        normal intervals of 95 % hold the truth in 90 of 100 simulated studies, Knapp-Hartung's in 94 (see
        ``calibration``); under twenty a notice says so.
    moderators : DataFrame or Series, optional
        One row per enterprise; words become indicators, their first level the reference.
    level : float
    names : sequence of str, optional
        Of the enterprises, in the tables.
    prediction : {"test", "k-2"}
        Quantile of the prediction interval: that of the test (normal for "z", t with k - 1 otherwise, as metafor 3.8),
        or t with k - 2 (Higgins, Thompson and Spiegelhalter 2009).
    grades : sequence of int, optional
        The grade of each estimate; pooling over different grades is refused.
    unit : str, optional

    Returns
    -------
    Pooled
        Rows ``mean`` and ``prediction``; with moderators a row ``coefficient`` per term. Attributes ``tau2, tau2_se,
        I2, H2, Q, Q_p, df, k`` and, with moderators, ``QM, QM_p, R2``. ``details``: ``heterogeneity`` (with the
        Q-profile interval), ``leave_one_out``, ``shrunken``, ``influence``.

    Raises
    ------
    InputError
        On an unknown option, lengths that differ, a variance that is not positive, or mixed grades.

    References
    ----------
    Viechtbauer, W. (2005). Journal of Educational and Behavioral Statistics 30:261-293; Knapp, G. and Hartung, J.
    (2003). Statistics in Medicine 22:2693-2710; Higgins, J. P. T., Thompson, S. G. and Spiegelhalter, D. J. (2009).
    Journal of the Royal Statistical Society A 172:137-159, section 3; Viechtbauer (2007), Statistics in Medicine
    26:37-52 (Q-profile).

    Examples
    --------
    >>> result = pool([0.2, 0.5, 0.9, 0.1], [0.04, 0.05, 0.03, 0.06], test="knha")
    >>> result.estimates[["measure", "estimate", "low", "high"]].round(2).values.tolist()
    [['mean', 0.44, -0.14, 1.03], ['prediction', 0.44, -0.7, 1.59]]
    """
    where = "pool"
    require_option(method, METHODS, f"{where}(method=)")
    require_option(test, TESTS, f"{where}(test=)")
    require_option(prediction, RULES, f"{where}(prediction=)")
    require_range(level, 0, 1, f"{where}(level=)")
    y_all, v_all = numbers(effects, where, "effects"), numbers(variances, where, "variances")
    same_length(where, y_all, v_all)
    if (v_all[~np.isnan(v_all)] <= 0).any():
        raise InputError("out_of_range", f"{where}(variances=)", value=float(np.nanmin(v_all)), allowed="> 0")
    if grades is not None and len(set(grades)) > 1:
        raise InputError("outcomes.errors.mixed_grades", f"{where}(grades=)", grades=sorted(set(grades)))
    labels = [str(name) for name in names] if names is not None else [str(i + 1) for i in range(len(y_all))]
    same_length(f"{where}(names=)", y_all, labels)
    design = _design(moderators, len(y_all), where)
    keep = ~(np.isnan(y_all) | np.isnan(v_all)) & design.notna().all(axis=1).to_numpy()
    y, v, x = y_all[keep], v_all[keep], design[keep].to_numpy(dtype=float)
    kept = [label for label, used in zip(labels, keep, strict=True) if used]
    options = {"method": method, "test": test, "moderators": list(design.columns[1:]), "level": level,
               "prediction": prediction, "grades": None if grades is None else list(grades), "unit": unit}  # fmt: skip
    known: dict[str, Any] = {"n": len(y), "coverage": share(len(y), len(y_all)), "level": level, "unit": unit}
    reference = "Viechtbauer 2005; Knapp and Hartung 2003; Higgins, Thompson and Spiegelhalter 2009, section 3"
    inputs = {"effects": fingerprint(pd.DataFrame({"yi": y_all, "vi": v_all}))}
    if len(y) < x.shape[1] + (x.shape[1] > 1) or len(y) == 0:
        reason = "outcomes.reasons.few_enterprises"
    elif np.linalg.matrix_rank(x) < x.shape[1]:
        reason = "outcomes.reasons.covariates_repeat"
    else:
        reason = None
    if reason:
        rows = [missing_row(name, "enterprises", reason, **known) for name in ("mean", "prediction")]
        return Pooled("meta-analysis", reference, pd.DataFrame(rows), options=options, inputs=inputs,
                      not_estimable=NotEstimable(reason))  # fmt: skip
    between = between_variance(y, v, x, method)
    fit = weighted_fit(y, 1 / (v + between.tau2), x)
    factor, df = _knapp_hartung(fit.residual, len(y), x.shape[1], test)
    heterogeneity = _heterogeneity(y, v, x, between, fit, method, factor, df, level)
    rows = _rows(fit, between, factor, df, list(design.columns), prediction, known)
    details = {
        "heterogeneity": heterogeneity,
        "leave_one_out": leave_one_out(y, v, x, kept, method, test, level),
        "shrunken": shrunken(y, v, x, kept, between.tau2, fit, factor, df, level),
        "influence": influence(y, v, x, kept, method, test, between.tau2, fit, factor),
    }
    few = test == "z" and len(y) < FEW_ENTERPRISES
    notices = [Notice("outcomes.notices.normal_test_few", {"k": len(y)}), known_narrow("normal_pooling")] if few else []
    notices.append(Notice(f"outcomes.notices.prediction_rule.{_rule(prediction, test)}", {}))
    return Pooled(
        "meta-regression" if x.shape[1] > 1 else "meta-analysis",
        reference,
        pd.DataFrame(rows),
        details=details,
        options=options,
        notices=tuple(notices),
        inputs=inputs,
    )


def _design(moderators: pd.DataFrame | pd.Series | None, k: int, where: str) -> pd.DataFrame:
    if moderators is None:
        return pd.DataFrame({"intercept": np.ones(k)})
    frame = moderators.to_frame() if isinstance(moderators, pd.Series) else moderators
    require_table(frame, f"{where}(moderators=)")
    same_length(f"{where}(moderators=)", frame.index.to_numpy(), np.ones(k))
    frame = frame.reset_index(drop=True)
    columns = covariate_columns(frame, list(frame.columns), where)
    return pd.concat([pd.Series(1.0, index=frame.index, name="intercept"), columns], axis=1)


def _knapp_hartung(residual: float, k: int, p: int, test: PoolingTest) -> tuple[float, float | None]:
    """Return the factor on variances and the degrees of freedom of the test."""
    if test == "z" or k <= p:
        return 1.0, None
    scale = residual / (k - p)
    if scale < _ROUNDING:
        return (1.0 if test == "adhoc" else 0.0), float(k - p)
    return (max(1.0, scale) if test == "adhoc" else scale), float(k - p)


def _heterogeneity(
    y: Floats,
    v: Floats,
    x: Floats,
    between: Between,
    fit: WeightedFit,
    method: PoolingMethod,
    factor: float,
    df: float | None,
    level: float,
) -> pd.DataFrame:
    k, p = x.shape
    line: dict[str, Any] = {"k": k, "tau2": between.tau2, "tau2_se": between.se, "df": df}
    if k > p:
        q, typical = generalised_q(y, v, x, 0.0), typical_variance(v, x)
        low, high = q_profile(y, v, x, level)
        line |= {"Q": q, "Q_df": k - p, "Q_p": float(stats.chi2.sf(q, k - p)), "tau2_low": low, "tau2_high": high}
        for name, tau2 in (("", between.tau2), ("_low", low), ("_high", high)):
            line |= {f"I2{name}": 100 * _ratio(tau2, typical), f"H2{name}": 1 + tau2 / typical}
        if method == "EE":
            line |= {"I2": max(0.0, 100 * (q - (k - p)) / q) if q > 0 else 0.0, "H2": q / (k - p)}
    columns = ("Q", "Q_df", "Q_p", "I2", "H2", "tau2_low", "tau2_high", "I2_low", "I2_high", "H2_low", "H2_high")
    line = {**dict.fromkeys(columns), **line, **_moderator_test(y, v, x, between, fit, method, factor, df)}
    return pd.DataFrame([line])


def _ratio(tau2: float, typical: float) -> float:
    return tau2 / (tau2 + typical) if np.isfinite(tau2) else 1.0


def _moderator_test(
    y: Floats,
    v: Floats,
    x: Floats,
    between: Between,
    fit: WeightedFit,
    method: PoolingMethod,
    factor: float,
    df: float | None,
) -> dict[str, Any]:
    tested = x.shape[1] - 1
    if tested == 0 or factor == 0:
        return dict.fromkeys(("QM", "QM_df", "QM_p", "R2"))
    slopes, covariance = fit.coefficients[1:], fit.covariance[1:, 1:] * factor
    statistic = float(slopes @ np.linalg.solve(covariance, slopes))
    if df is not None:
        statistic /= tested
    p = stats.chi2.sf(statistic, tested) if df is None else stats.f.sf(statistic, tested, df)
    alone = between_variance(y, v, x[:, :1], method).tau2
    explained = max(0.0, 100 * (alone - between.tau2) / alone) if alone > 0 else None
    return {"QM": statistic, "QM_df": tested, "QM_p": float(p), "R2": explained}


def _rows(
    fit: WeightedFit,
    between: Between,
    factor: float,
    df: float | None,
    terms: Sequence[str],
    rule: PredictionRule,
    known: dict[str, Any],
) -> list[dict[str, Any]]:
    errors = np.sqrt(np.diag(fit.covariance) * factor)
    named = [("mean", "enterprises")] if len(terms) == 1 else [("coefficient", str(term)) for term in terms]
    rows = [
        estimate_row(measure, subject, float(value), float(se), df, minimum_df=0, **known)
        for (measure, subject), value, se in zip(named, fit.coefficients, errors, strict=True)
    ]
    if len(terms) > 1:
        return rows
    if known["n"] < (3 if rule == "k-2" else 2):
        return [*rows, missing_row("prediction", "enterprises", "outcomes.reasons.few_enterprises", **known)]
    critical = quantile(known["level"], known["n"] - 2.0 if rule == "k-2" else df)
    reach = critical * float(np.sqrt(errors[0] ** 2 + between.tau2))
    mean = float(fit.coefficients[0])
    return [*rows, stated_row("prediction", "enterprises", mean, low=mean - reach, high=mean + reach, **known)]


def _rule(prediction: PredictionRule, test: PoolingTest) -> str:
    if prediction == "k-2":
        return "k_minus_2"
    return "normal" if test == "z" else "k_minus_1"
