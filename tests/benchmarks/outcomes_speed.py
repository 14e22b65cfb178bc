"""Speeds of outcome comparison; run ``python tests/benchmarks/outcomes_speed.py``, with the peers where installed.

680 small regressions (68 enterprises, ten outcomes) with CR2 and 999 wild draws each; 68 studies by ten outcomes
pooled by REML with Knapp-Hartung and every study left out in turn. Times are of the processor, each taken in turns in
one run after a run to warm up. The regressions are timed on a sample of enterprises and multiplied up, which is said.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from statistics import median

import click
import numpy as np
import pandas as pd
import statsmodels.formula.api as smf

from vises_methods import outcomes

ROUNDS, SAMPLED, SAMPLED_PEER = 3, 12, 2
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
        outcomes.wild_bootstrap(part, " + ".join(OUTCOMES) + " ~ group", "group", "site")


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


METAFOR = """
suppressMessages(library(metafor))
d <- read.csv(commandArgs(TRUE)[1])
parts <- split(d, d$outcome)
took <- function() sum(proc.time()[c("user.self", "sys.self")])
start <- took()
for (part in parts) { fit <- rma(yi, vi, data=part, method="REML", test="knha"); left <- leave1out(fit) }
cat(took() - start)
"""


def metafor_peer(studies: pd.DataFrame) -> float | None:
    """Return metafor's processor seconds without the start of R; none where R or metafor is absent."""
    if shutil.which("Rscript") is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        studies.to_csv(Path(folder) / "studies.csv", index=False)
        (Path(folder) / "pool.R").write_text(METAFOR, encoding="utf-8")
        command = ["Rscript", str(Path(folder) / "pool.R"), str(Path(folder) / "studies.csv")]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
    return float(run.stdout) if run.returncode == 0 else None


def seconds(call, *arguments) -> float:
    start = time.process_time()
    call(*arguments)
    return time.process_time() - start


def main() -> None:
    """Measure both in turns, ROUNDS times, and tell the median and the ratio."""
    frame, studies = enterprises(), effects()
    some, fewer = frame[frame["enterprise"] < SAMPLED], frame[frame["enterprise"] < SAMPLED_PEER]
    ours(some), pooling(studies)
    if find_spec("wildboottest"):
        wildboottest_peer(fewer)
    draws, peer_draws, pools, peer_pools = [], [], [], []
    for _ in range(ROUNDS):
        draws.append(seconds(ours, some) * 68 / SAMPLED)
        if find_spec("wildboottest"):
            peer_draws.append(seconds(wildboottest_peer, fewer) * 68 / SAMPLED_PEER)
        pools.append(seconds(pooling, studies))
        if (theirs := metafor_peer(studies)) is not None:
            peer_pools.append(theirs)
    tell(f"680 regressions, CR2, 999 wild draws and their intervals (from {SAMPLED} of 68 enterprises)", draws,
         peer_draws, f"wildboottest, draws alone, no interval (from {SAMPLED_PEER} of 68)")  # fmt: skip
    tell("10 x 68 studies, REML, Knapp-Hartung, leave one out", pools, peer_pools, "metafor, start of R excluded")


def tell(what: str, ours_took: list[float], peer_took: list[float], peer: str) -> None:
    click.echo(f"{what}, ours: {median(ours_took):.2f} CPU s")
    if peer_took:
        ratio = median(peer_took) / median(ours_took)
        click.echo(f"  {peer}: {median(peer_took):.2f} CPU s, {ratio:.1f} times ours")
    else:
        click.echo(f"  {peer}: not installed")


if __name__ == "__main__":
    main()
