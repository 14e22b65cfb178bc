"""Named random streams: the same draws whatever the order or the number of workers."""

from __future__ import annotations

import hashlib

import numpy as np


def generator(seed: int, *names: str) -> np.random.Generator:
    """Return the random generator of the stream that ``names`` tell, under ``seed``.

    Two streams with different names are independent, and neither depends on which was asked for first.

    Parameters
    ----------
    seed : int
        The methodology's seed; 0 is a seed like any other.
    *names : str
        What the draws are for, as in ``("agreement", "vire-lune")``.

    Examples
    --------
    >>> bool(generator(0, "a").random() == generator(0, "a").random())
    True
    >>> bool(generator(0, "a").random() == generator(0, "b").random())
    False
    """
    key = tuple(int.from_bytes(hashlib.sha256(name.encode("utf-8")).digest()[:8], "big") for name in names)
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))
