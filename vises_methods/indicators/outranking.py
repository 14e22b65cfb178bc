"""Comparing units two by two: who is better on the larger share of weight, and Copeland's score."""

from __future__ import annotations

import numpy as np

from vises_methods.indicators.arrays import Bools, Floats

_PAIRS_AT_ONCE = 2_000_000
_CUBE_AT_ONCE = 1_000_000
_TOLERANCE = 1e-12


def copeland(
    scores: Floats, others: Floats, weights: Floats, indifference: float = 0.0, veto: float | None = None
) -> Floats:
    """Number of units beaten minus number of units lost to, for the children of one heading.

    A unit beats another if it is better on more of the weight of what *both* have: a missing comparison is no win for
    either. With ``veto``, nobody beats a unit that is better by more than that on any one child.

    Parameters
    ----------
    scores, others : array (…, units, children)
        Each unit's scores, and the scores that it meets in the others; the same array, except for limits.
    weights : array (…, children)
    indifference : float
        Differences up to this are ties.
    """
    units = scores.shape[-2]
    chunk = max(1, _PAIRS_AT_ONCE // max(units, 1))
    balances = []
    for start in range(0, units, chunk):
        rows = others if scores is others and chunk >= units else scores[..., start : start + chunk, :]
        sign = np.sign(_balance(rows, others, weights, indifference, veto))
        positions = np.arange(rows.shape[-2])
        sign[..., positions, positions + start] = 0
        balances.append(sign.sum(axis=-1))
    net = np.concatenate(balances, axis=-1)
    weighted = (~np.isnan(scores) & (weights[..., None, :] > 0)).any(axis=-1)
    return np.where(weighted, net, np.nan)


def copeland_limits(
    low: Floats, high: Floats, weights: Floats, indifference: float = 0.0, veto: float | None = None
) -> tuple[Floats, Floats]:
    """Copeland's score of each unit at its worst against all others at their best, and the other way round.

    What one wins another loses: where a single block holds all pairs, one comparison of all with all gives both.
    """
    units = low.shape[-2]
    if units * units > _PAIRS_AT_ONCE:
        return copeland(low, high, weights, indifference, veto), copeland(high, low, weights, indifference, veto)
    sign = np.sign(_balance(low, high, weights, indifference, veto))
    sign[..., np.arange(units), np.arange(units)] = 0
    weighted = (~np.isnan(low) & (weights[..., None, :] > 0)).any(axis=-1)
    return np.where(weighted, sign.sum(axis=-1), np.nan), np.where(weighted, -sign.sum(axis=-2), np.nan)


def copeland_by_heading(
    low: Floats, high: Floats, weights: Floats, membership: Bools, indifference: float = 0.0
) -> tuple[Floats, Floats] | None:
    """What :func:`copeland_limits` gives, for all headings at once: units × headings.

    Headings with fewer children than others are filled up with children of no weight. None where the arrays would be
    too large, or a difference is so small that it may be one of arithmetic: then heading by heading, by shares.

    Parameters
    ----------
    low, high : array (units, children)
        The same array twice for the score itself.
    weights, membership : array (children, headings)
    """
    places = np.argsort(~membership, axis=0, kind="stable")[: int(membership.sum(axis=0).max())].T
    units, size = len(low), places.size
    if size * units * units > _CUBE_AT_ONCE:
        return None
    own = np.take_along_axis(weights, places.T, axis=0).T
    mine = np.ascontiguousarray(low.T)[places]
    if low is high and not indifference:
        ahead = (mine[..., None] > mine[..., None, :]).view(np.int8).reshape(*places.shape, -1)
        won = (own[:, None, :] @ ahead).reshape(len(places), units, units)
        net = won - won.transpose(0, 2, 1)
    else:
        theirs = mine if low is high else np.ascontiguousarray(high.T)[places]
        signs = _ahead_or_behind(mine[..., None], theirs[..., None, :], indifference).reshape(*places.shape, -1)
        net = (own[:, None, :] @ signs).reshape(len(places), units, units)
    faint = np.abs(net) <= _TOLERANCE * own.sum(axis=1)[:, None, None]
    if np.count_nonzero(faint) > net.size - np.count_nonzero(net):
        return None
    sign = np.sign(net)
    sign[:, np.arange(units), np.arange(units)] = 0
    weighted = (~np.isnan(low)).astype(float) @ (weights > 0).astype(float) > 0
    return np.where(weighted, sign.sum(axis=-1).T, np.nan), np.where(weighted, -sign.sum(axis=-2).T, np.nan)


def shares(scores: Floats, weights: Floats) -> Floats:
    """The outranking matrix: the share of weight on which the row is better than the column, ties counted half."""
    balance = _balance(scores, scores, weights, 0.0, None)
    return (balance + 1) / 2


def _balance(rows: Floats, columns: Floats, weights: Floats, indifference: float, veto: float | None) -> Floats:
    """Share of weight won minus share lost, of what both have; 0 where they share nothing."""
    if veto is None and rows.ndim == 2 and rows.size * len(columns) <= _CUBE_AT_ONCE:
        shared = (~np.isnan(rows) * weights) @ (~np.isnan(columns)).T.astype(float)
        return _majority(_won_less_lost(rows, columns, weights, indifference), shared)
    net = np.zeros((*rows.shape[:-1], columns.shape[-2]))
    shared = np.zeros_like(net)
    vetoed, vetoing = np.zeros(net.shape, dtype=bool), np.zeros(net.shape, dtype=bool)
    for child in range(rows.shape[-1]):
        difference = rows[..., :, None, child] - columns[..., None, :, child]
        weight = np.asarray(weights[..., child])[..., None, None]
        net += weight * ((difference > indifference).astype(np.int8) - (difference < -indifference))
        shared += weight * ~np.isnan(difference)
        if veto is not None:
            vetoed |= (difference < -veto) & (weight > 0)
            vetoing |= (difference > veto) & (weight > 0)
    balance = _majority(net, shared)
    if veto is not None:
        balance = np.where(vetoed, np.minimum(balance, 0.0), balance)
        balance = np.where(vetoing, np.maximum(balance, 0.0), balance)
    return balance


def _won_less_lost(rows: Floats, columns: Floats, weights: Floats, indifference: float) -> Floats:
    """The weight on which each row is ahead of each column less that on which it is behind, children slowest."""
    mine, theirs = np.ascontiguousarray(rows.T)[:, :, None], np.ascontiguousarray(columns.T)[:, None, :]
    signs = _ahead_or_behind(mine, theirs, indifference)
    return np.asarray(weights @ signs.reshape(len(weights), -1)).reshape(len(rows), len(columns))


def _ahead_or_behind(
    mine: Floats, theirs: Floats, indifference: float
) -> np.ndarray[tuple[int, ...], np.dtype[np.int8]]:
    """1 ahead, −1 behind, 0 where neither is, or one has nothing."""
    if indifference:
        apart = mine - theirs
        return (apart > indifference).view(np.int8) - (apart < -indifference).view(np.int8)
    return (mine > theirs).view(np.int8) - (mine < theirs).view(np.int8)


def _majority(net: Floats, shared: Floats) -> Floats:
    balance = np.divide(net, shared, out=np.zeros_like(net), where=shared > 0)
    balance[np.abs(balance) < _TOLERANCE] = 0.0
    return balance
