"""Saturation: how many codes a further interview still brings, and how many are still unseen."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import special, stats

from vises_methods.errors import InputError
from vises_methods.qualitative.arguments import checked_arguments
from vises_methods.qualitative.codebook import Codebook
from vises_methods.qualitative.confidentiality import OPEN, Confidentiality
from vises_methods.qualitative.tables import checked_codings, checked_documents, references, require_columns
from vises_methods.randomness import generator
from vises_methods.results import NotEstimable, Result, fingerprint


@checked_arguments
def saturation(
    codings: pd.DataFrame,
    documents: pd.DataFrame,
    /,
    *,
    case: str = "document",
    codebook: Codebook | None = None,
    level: int | None = None,
    confidentiality: Confidentiality = OPEN,
    ci: float = 0.95,
    orders: int = 1000,
    seed: int = 0,
) -> Result:
    """Show how the number of codes grows with the interviews, and estimate how many are still unseen.

    Parameters
    ----------
    codings : DataFrame
        Columns ``document, coder, code, start, end``.
    documents : DataFrame
        Columns ``document, text``, in the order in which the interviews were held; interviews in which nothing was
        coded count.
    case : str
        The column that says whose document it is; cases are what accumulates.
    codebook : Codebook, optional
    level : int, optional
        Roll codes up to this level of the codebook first.
    confidentiality : Confidentiality, optional
        As in :func:`code_by_case`; only passages of cells that it shows are counted.
    ci : float
    orders : int
        Random orders of the interviews for the interval of the curve.
    seed : int

    Returns
    -------
    Result
        Rows: ``unseen_codes`` (Chao2, interval log-normal), ``observed_codes``, ``sample_coverage`` (share of all
        mentions that belong to codes already seen; Chao and Jost), ``new_codes_next`` (expected in one further
        interview). n is the number of interviews. ``details["curve"]``: per number of interviews the expected number of
        codes over all orders (exact), its interval over random orders, and the number in the order held.
        ``details["evidence"]``: where each code first appears. With fewer than two interviews, a reason.

    Raises
    ------
    InputError
        For missing columns or spans outside their text.

    References
    ----------
    Chao, A. (1987). Biometrics 43(4), p. 783. Chao, A., & Jost, L. (2012). Ecology 93(12), p. 2533. Guest, G., Namey,
    E., & Chen, M. (2020). PLoS ONE 15(5), e0232076.

    Examples
    --------
    >>> texts = pd.DataFrame({"document": ["d", "e"], "text": ["One two.", "Two."]})
    >>> marks = pd.DataFrame(
    ...     [("d", "a", "X", 0, 3), ("d", "a", "Y", 4, 7), ("e", "a", "Y", 0, 3)],
    ...     columns=["document", "coder", "code", "start", "end"],
    ... )
    >>> saturation(marks, texts, orders=10).details["curve"]["codes"].tolist()
    [1.5, 2.0]
    """
    where = "saturation"
    if orders < 1:
        raise InputError("out_of_range", f"{where}(orders=)", value=orders, allowed="≥ 1")
    texts = checked_documents(documents, f"{where}(documents)")
    require_columns(texts, (case,), f"{where}(documents)")
    spans = checked_codings(codings, texts, f"{where}(codings)")
    if codebook is not None:
        codebook.require(spans["code"], f"{where}(codings)")
        spans = spans if level is None else codebook.rolled_up(spans, level)
    texts, spans = confidentiality.counted(texts), confidentiality.shown(spans)
    spans = spans.merge(texts[["document"]].assign(_case=texts[case].astype(str)), on="document")
    cases = list(dict.fromkeys(texts[case].astype(str)))
    incidence = pd.crosstab(spans["_case"], spans["code"]).reindex(cases, fill_value=0).to_numpy() > 0
    reason = _reason(incidence)
    estimates = _missing(reason, len(cases)) if reason else _estimates(incidence, ci)
    curve = pd.DataFrame() if reason else _curve(incidence, ci, orders, seed)
    return Result(
        method="Code saturation with Chao2",
        reference="Chao (1987), Biometrics 43(4), p. 783; Guest, Namey & Chen (2020), PLoS ONE 15(5), e0232076",
        estimates=estimates,
        details={"curve": curve, "evidence": confidentiality.cited(_first_seen(spans, cases))},
        options={
            "case": case,
            "codebook": None if codebook is None else {"id": codebook.id, "version": codebook.version},
            "level": level,
            "minimum": confidentiality.minimum,
            "ci": ci,
            "orders": orders,
            "seed": seed,
        },
        notices=confidentiality.notices(withheld=False),
        not_estimable=NotEstimable(reason) if reason else None,
        inputs={"codings": fingerprint(codings), "documents": fingerprint(documents)},
    )


def _reason(incidence: np.ndarray) -> str | None:
    if incidence.shape[0] < 2:
        return "qualitative.reasons.one_interview"
    return None if incidence.any() else "qualitative.reasons.no_codings"


def _missing(reason: str, n: int) -> pd.DataFrame:
    return pd.DataFrame(
        [{"measure": "unseen_codes", "subject": "codes", "estimate": None, "n": n, "coverage": 1.0, "reason": reason}]
    )


def _estimates(incidence: np.ndarray, ci: float) -> pd.DataFrame:
    cases = incidence.shape[0]
    seen_in = incidence.sum(axis=0)
    observed, once, twice = int((seen_in > 0).sum()), int((seen_in == 1).sum()), int((seen_in == 2).sum())
    unseen, variance = _chao2(cases, observed, once, twice)
    low, high = _log_normal(unseen, variance, ci)
    covered = _sample_coverage(cases, seen_in, once, twice)
    further = (1 - covered) * seen_in.sum() / cases
    rows = [
        ("unseen_codes", unseen, low, high, ci),
        ("observed_codes", float(observed), None, None, None),
        ("sample_coverage", covered, None, None, None),
        ("new_codes_next", further, None, None, None),
    ]
    frame = pd.DataFrame(rows, columns=["measure", "estimate", "low", "high", "level"])
    return frame.assign(subject="codes", n=cases, coverage=float(incidence.any(axis=1).mean()))


def _chao2(cases: int, observed: int, once: int, twice: int) -> tuple[float, float]:
    """Return Chao's (1987) estimate of the unseen codes and its variance, from those seen once and twice."""
    a = (cases - 1) / cases
    if twice:
        ratio = once / twice
        return a * once**2 / (2 * twice), twice * (a * ratio**2 / 2 + a**2 * ratio**3 + a**2 * ratio**4 / 4)
    unseen = a * once * (once - 1) / 2
    if not once:
        return 0.0, 0.0
    variance = unseen + a**2 * once * (2 * once - 1) ** 2 / 4 - a**2 * once**4 / (4 * (observed + unseen))
    return unseen, max(variance, 0.0)


def _log_normal(unseen: float, variance: float, ci: float) -> tuple[float | None, float | None]:
    if unseen <= 0:
        return None, None
    factor = np.exp(stats.norm.ppf(0.5 + ci / 2) * np.sqrt(np.log1p(variance / unseen**2)))
    return float(unseen / factor), float(unseen * factor)


def _sample_coverage(cases: int, seen_in: np.ndarray, once: int, twice: int) -> float:
    """Return the coverage of Chao and Jost (2012), equation 4a in its incidence form."""
    if not once:
        return 1.0
    if twice:
        shrink = (cases - 1) * once / ((cases - 1) * once + 2 * twice)
    else:
        shrink = (cases - 1) * (once - 1) / ((cases - 1) * (once - 1) + 2)
    return float(1 - once / seen_in.sum() * shrink)


def _curve(incidence: np.ndarray, ci: float, orders: int, seed: int) -> pd.DataFrame:
    cases = incidence.shape[0]
    sizes = np.arange(1, cases + 1)
    stream = generator(seed, "saturation")
    counts = np.array([_accumulated(incidence[stream.permutation(cases)]) for _ in range(orders)])
    low, high = np.quantile(counts, [(1 - ci) / 2, (1 + ci) / 2], axis=0)
    expected = _rarefied(incidence.sum(axis=0), cases, sizes)
    return pd.DataFrame(
        {
            "interviews": sizes,
            "codes": expected,
            "low": low,
            "high": high,
            "new": np.diff(expected, prepend=0.0),
            "codes_as_held": _accumulated(incidence),
        }
    )


def _accumulated(incidence: np.ndarray) -> np.ndarray:
    return np.asarray(np.logical_or.accumulate(incidence, axis=0).sum(axis=1))


def _rarefied(seen_in: np.ndarray, cases: int, sizes: np.ndarray) -> np.ndarray:
    """Return the mean number of codes over all orders, by the hypergeometric chance of missing each code."""
    absent = cases - seen_in[seen_in > 0]
    possible = absent[None, :] >= sizes[:, None]
    log_missed = _log_choose(np.where(possible, absent[None, :], sizes[:, None]), sizes[:, None])
    missed = np.where(possible, np.exp(log_missed - _log_choose(cases, sizes[:, None])), 0.0)
    return np.asarray((1 - missed).sum(axis=1).round(12))


def _log_choose(n: int | np.ndarray, k: np.ndarray) -> np.ndarray:
    return np.asarray(
        special.gammaln(np.asarray(n) + 1) - special.gammaln(k + 1) - special.gammaln(np.asarray(n) - k + 1)
    )


def _first_seen(spans: pd.DataFrame, cases: list[str]) -> pd.DataFrame:
    order = spans.assign(
        reference=references(spans), _order=spans["_case"].map({case: i for i, case in enumerate(cases)})
    ).sort_values(["_order", "document", "start", "end"])
    first = order.drop_duplicates("code").sort_values(["_order", "code"])
    frame = first[["code", "reference"]].assign(interview=first["_order"] + 1)
    return frame.reset_index(drop=True)
