"""Speeds of outcome comparison; run ``python tests/benchmarks/outcomes_speed.py``, with the peers where installed.

680 small regressions (68 enterprises, ten outcomes) with CR2 and 999 wild draws each; 68 studies by ten outcomes
pooled by REML with Knapp-Hartung and every study left out in turn.
"""

from __future__ import annotations

import time

import click
import numpy as np
import pandas as pd
import statsmodels.formula.api as smf

from vises_methods import outcomes

OUTCOMES = [f"y{i:02d}" for i in range(1, 11)]


def enterprises(seed: int = 0) -> pd.DataFrame:
    """Return 68 enterprises with 6 to 12 sites of 4 to 8 people, and ten outcomes."""
    random = np.random.default_rng(seed)
    parts = []
    for enterprise in range(68):
        site = np.repeat(np.arange(random.integers(6, 13)), random.integers(4, 9))
        frame = pd.DataFrame({"enterprise": enterprise, "site": site, "group": (site % 2).astype(float)})
        shared = random.normal(size=(site.max() + 1, 10))[site]
        frame[OUTCOMES] = shared + random.normal(size=(len(site), 10))
        parts.append(frame)
    return pd.concat(parts, ignore_index=True)


def ours(frame: pd.DataFrame) -> None:
    for _, part in frame.groupby("enterprise"):
        outcomes.ancova(part, OUTCOMES, "group", clusters="site")
        for name in OUTCOMES:
            outcomes.wild_bootstrap(part, f"{name} ~ group", "group", "site")


def wildboottest_peer(frame: pd.DataFrame) -> None:
    from wildboottest.wildboottest import wildboottest

    for _, part in frame.groupby("enterprise"):
        for name in OUTCOMES:
            model = smf.ols(f"{name} ~ group", part)
            wildboottest(model, cluster=part["site"], param="group", B=999, show=False)


def pooling(frame: pd.DataFrame) -> None:
    for _, part in frame.groupby("outcome"):
        outcomes.pool(part["yi"], part["vi"], test="knha")


def effects(seed: int = 0) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    v = random.uniform(0.02, 0.3, 680)
    y = random.normal(0.2, 0.2, 680) + np.sqrt(v) * random.normal(size=680)
    return pd.DataFrame({"outcome": np.repeat(OUTCOMES, 68), "yi": y, "vi": v})


def seconds(call, *arguments) -> float:
    start = time.perf_counter()
    call(*arguments)
    return time.perf_counter() - start


def main() -> None:
    frame, studies = enterprises(), effects()
    click.echo(f"680 regressions, CR2 and 999 wild draws, ours: {seconds(ours, frame):.2f} s")
    try:
        click.echo(f"  wildboottest, draws alone: {seconds(wildboottest_peer, frame):.2f} s")
    except ImportError:
        click.echo("  wildboottest is not installed")
    click.echo(f"10 x 68 studies, REML, Knapp-Hartung, leave one out, ours: {seconds(pooling, studies):.2f} s")


if __name__ == "__main__":
    main()
