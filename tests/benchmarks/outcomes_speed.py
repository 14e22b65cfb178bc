"""Speeds of outcome comparison; run ``python tests/benchmarks/outcomes_speed.py``, with the peers where installed.

680 small regressions (68 enterprises, ten outcomes) with CR2 and 999 wild draws each; 68 studies by ten outcomes
pooled by REML with Knapp-Hartung and every study left out in turn. Times are of the processor, each taken in turns in
one run after a run to warm up. The regressions are timed on a sample of enterprises and multiplied up, which is said.

wildboottest compiles the same function anew on every call, which no warming up prevents. It is measured as it is
called, and once more with that compiled function kept between calls: the fair comparison of the computations.
"""

from __future__ import annotations

import os
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

ROUNDS, SAMPLED, SAMPLED_PEER, SAMPLED_COMPILING = 3, 12, 6, 1
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


def pyfixest_peer(frame: pd.DataFrame) -> None:
    """Fit with CRV1: pyfixest has no CR2, and its wild bootstrap is wildboottest's."""
    import pyfixest

    for _, part in frame.groupby("enterprise"):
        for name in OUTCOMES:
            pyfixest.feols(f"{name} ~ group", part, vcov={"CRV1": "site"}).tidy()


def ours_alone(frame: pd.DataFrame) -> None:
    for _, part in frame.groupby("enterprise"):
        outcomes.ancova(part, OUTCOMES, "group", clusters="site")


def keep_compiled() -> None:
    """Let wildboottest compile its inner function once instead of on every call."""
    from wildboottest import wildboottest as peer

    plain, compiled = peer.njit, {}

    def kept(**options):
        return lambda function: compiled.setdefault(function.__code__, plain(**options)(function))

    peer.njit = kept


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
    """Measure all in turns, ROUNDS times, and tell the medians and the ratios."""
    os.environ["NUMBA_NUM_THREADS"] = "1"
    frame, studies = enterprises(), effects()
    some, fewer, one = (frame[frame["enterprise"] < n] for n in (SAMPLED, SAMPLED_PEER, SAMPLED_COMPILING))
    ours(some), pooling(studies)
    peers = [name for name in ("wildboottest", "pyfixest") if find_spec(name)]
    compiling: list[float] = []
    if "wildboottest" in peers:
        wildboottest_peer(one)
        compiling.append(seconds(wildboottest_peer, one) * 68 / SAMPLED_COMPILING)
        keep_compiled()
        wildboottest_peer(one)
    if "pyfixest" in peers:
        pyfixest_peer(one)
    took: dict[str, list[float]] = {
        name: [] for name in ("draws", "alone", "pools", "wildboottest", "pyfixest", "metafor")
    }
    for _ in range(ROUNDS):
        took["draws"].append(seconds(ours, some) * 68 / SAMPLED)
        took["alone"].append(seconds(ours_alone, some) * 68 / SAMPLED)
        if "wildboottest" in peers:
            took["wildboottest"].append(seconds(wildboottest_peer, fewer) * 68 / SAMPLED_PEER)
        if "pyfixest" in peers:
            took["pyfixest"].append(seconds(pyfixest_peer, fewer) * 68 / SAMPLED_PEER)
        took["pools"].append(seconds(pooling, studies))
        if (theirs := metafor_peer(studies)) is not None:
            took["metafor"].append(theirs)
    tell(f"680 regressions, CR2, 999 wild draws and their intervals (from {SAMPLED} of 68 enterprises)", took["draws"],
         {"wildboottest with its compiled function kept, draws alone, no interval": took["wildboottest"],
          "wildboottest as it is called, compiling each time": compiling})  # fmt: skip
    tell("680 regressions with CR2 alone", took["alone"], {"pyfixest, CRV1": took["pyfixest"]})
    tell("10 x 68 studies, REML, Knapp-Hartung, leave one out", took["pools"],
         {"metafor, start of R excluded": took["metafor"]})  # fmt: skip


def tell(what: str, ours_took: list[float], peers: dict[str, list[float]]) -> None:
    click.echo(f"{what}, ours: {median(ours_took):.2f} CPU s")
    for peer, took in peers.items():
        ratio = (
            f"{median(took):.2f} CPU s, {median(took) / median(ours_took):.1f} times ours" if took else "not installed"
        )
        click.echo(f"  {peer}: {ratio}")


if __name__ == "__main__":
    main()
