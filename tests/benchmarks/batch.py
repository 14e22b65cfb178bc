"""A whole batch beside the usual ways to run it: enterprises times notebooks, interleaved, wall and processor time.

Run it by hand: ``python3 run.py bench batch [--enterprises 68] [--slices 4] [--rounds 1] [--peers N]``. The enterprises
are parted into slices, and all ways run one slice after the other, so that what else the machine does meets all of
them. With ``--peers 2`` the peers, which else take hours, run the first two enterprises of each slice and ours all of
it: the slices begin with different enterprises of the demonstration, so that all run nearly the same mixture. Absolute
seconds depend on the machine; the ratios count, and they are told beside the goals, and once more as one line of JSON.
Ours does more in that time: it checks the data, keeps a ledger and makes the pages; the peers only execute.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import NamedTuple

import papermill
import yaml

ROOT = Path(__file__).parents[2]
STUDY = "bench"
CORES = 2
GOALS = {"papermill in a shell loop": 14.0, "two processes with papermill": 5.0}
MOST_OF_THE_FLOOR = 1.3


class Cost(NamedTuple):
    """What a way of running the batch took for some notebooks, and its cells' seconds where they were counted."""

    notebooks: int
    wall: float
    cpu: float
    cells: float = 0.0

    @property
    def each(self) -> tuple[float, float, float]:
        """Wall, processor and cells' seconds of one notebook."""
        return self.wall / self.notebooks, self.cpu / self.notebooks, self.cells / self.notebooks


def make_study(home: Path, enterprises: int) -> list[str]:
    """Copy the demonstration's enterprises, in turn, under names of their own; return the names."""
    shutil.copytree(ROOT / "notebooks", home / "notebooks")
    shutil.copytree(ROOT / "data" / "reference", home / "data" / "reference")
    shutil.copy(ROOT / "requirements.lock", home)
    source, study = ROOT / "data" / "demo", home / "data" / STUDY
    (study / "enterprises").mkdir(parents=True)
    settings = yaml.safe_load((source / "study.yml").read_text(encoding="utf-8"))
    (study / "study.yml").write_text(yaml.safe_dump({**settings, "id": STUDY}, allow_unicode=True), encoding="utf-8")
    originals = sorted(folder for folder in (source / "enterprises").iterdir() if folder.is_dir())
    names = []
    for place in range(enterprises):
        original = originals[place % len(originals)]
        name = f"{original.name}-{place // len(originals)}"
        copy = study / "enterprises" / name
        shutil.copytree(original, copy)
        profile = (copy / "profile.yml").read_text(encoding="utf-8")
        (copy / "profile.yml").write_text(profile.replace(f"id: {original.name}", f"id: {name}", 1), encoding="utf-8")
        names.append(name)
    return names


def tasks(home: Path, names: list[str]) -> list[tuple[Path, str]]:
    """Return each notebook of an enterprise with each enterprise."""
    notebooks = sorted((home / "notebooks").glob("0[1-6]_*.ipynb"))
    return [(notebook, name) for name in names for notebook in notebooks]


def ours(home: Path, names: list[str], kernels: str = "auto") -> float:
    """Run our command on the whole batch."""
    shutil.rmtree(home / "outputs", ignore_errors=True)
    notebooks = sorted((home / "notebooks").glob("0[1-6]_*.ipynb"))
    chosen = [part for notebook in notebooks for part in ("--notebook", notebook.stem)]
    chosen += [part for name in names for part in ("--enterprise", name)]
    command = [sys.executable, "-m", "vises_methods.cli", "run", "--study", STUDY, "--jobs", str(CORES), *chosen]
    done = subprocess.run(
        [*command, "--kernels", kernels, "--ui", "en"], capture_output=True, text=True, check=False, cwd=home
    )
    pages = len(list((home / "outputs" / STUDY).rglob("*.results.json")))
    if done.returncode or pages != 6 * len(names):
        raise SystemExit(f"{pages} of {6 * len(names)} made\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return 0.0


def shell_loop(home: Path, names: list[str]) -> float:
    """Start papermill's command for each notebook, one after the other."""
    for notebook, name in tasks(home, names):
        command = [sys.executable, "-m", "papermill", str(notebook), os.devnull, "--no-progress-bar", "--cwd"]
        values = ["-p", "study", STUDY, "-p", "enterprise", name]
        subprocess.run([*command, str(notebook.parent), *values], capture_output=True, check=True)
    return 0.0


def execute(notebook: Path, name: str) -> float:
    """Execute one notebook in this process's papermill; return the seconds that its cells took."""
    done = papermill.execute_notebook(
        notebook,
        None,
        parameters={"study": STUDY, "enterprise": name},
        progress_bar=False,
        cwd=notebook.parent,
    )
    return float(sum(cell.metadata.papermill.get("duration") or 0 for cell in done.cells))


def one_process(home: Path, names: list[str]) -> float:
    """Execute all in one process; return the seconds of all cells."""
    command = [sys.executable, __file__, "--child", str(home), *names]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return float(told.splitlines()[-1])


def two_processes(home: Path, names: list[str]) -> float:
    """Execute all in a pool of two processes."""
    with ProcessPoolExecutor(CORES, mp_context=get_context("spawn")) as pool:
        list(pool.map(execute, *zip(*tasks(home, names), strict=True)))
    return 0.0


def cost(way: Callable[[Path, list[str]], float], home: Path, names: list[str]) -> Cost:
    """Measure one way; processor time is that of everything it started."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    cells = way(home, names)
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(len(tasks(home, names)), wall, cpu, cells)


WAYS: dict[str, Callable[[Path, list[str]], float]] = {
    "vises run, 2 workers": ours,
    "papermill in a shell loop": shell_loop,
    "execute_notebook, one process": one_process,
    "two processes with papermill": two_processes,
}


def added(costs: list[Cost]) -> Cost:
    """Return what the slices of a round cost together."""
    notebooks, *seconds = (sum(column) for column in zip(*costs, strict=True))
    return Cost(int(notebooks), *seconds)


def slices(names: list[str], count: int) -> list[list[str]]:
    """Part the enterprises into slices that are as long as one another, or nearly."""
    return [part for part in (names[start::count] for start in range(count)) if part]


def tell(costs: dict[str, list[Cost]]) -> None:
    """Print seconds per notebook, ratios to ours, and the goals; then all of it as JSON."""
    table: dict[str, object] = {"cores": CORES, "load": os.getloadavg()[0]}
    own_wall, own_cpu, _ = of_one(costs["vises run, 2 workers"])
    print(f"{'':32}{'runs':>6}{'wall':>8}{'cpu':>8}  seconds per notebook; ratios to ours of wall and cpu, goal")
    for name, found in costs.items():
        if not found:
            continue
        wall, cpu, cells = of_one(found)
        count = found[0].notebooks
        told = {"notebooks": count, "wall": wall, "cpu": cpu, "cells": cells, "to_ours": wall / own_wall}
        table[name] = told | {"goal": GOALS.get(name)}
        goal = f"{GOALS[name]:8.1f}" if name in GOALS else ""
        print(f"{name:32}{count:6}{wall:8.2f}{cpu:8.2f}{wall / own_wall:8.2f}{cpu / own_cpu:8.2f}{goal}")
    counted = costs["execute_notebook, one process"]
    if counted:
        floor = of_one(counted)[2] / CORES
        table["to_floor"] = {"ours": own_wall / floor, "goal": MOST_OF_THE_FLOOR}
        print(
            f"wall / (seconds of all cells in plain kernels / cores): {own_wall / floor:.2f}, goal {MOST_OF_THE_FLOOR}"
        )
    print(f"load of the machine at the end: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(json.dumps(table))


def of_one(rounds: list[Cost]) -> tuple[float, float, float]:
    """Return the medians over the rounds of what one notebook takes."""
    wall, cpu, cells = (median(column) for column in zip(*(found.each for found in rounds), strict=True))
    return wall, cpu, cells


def main() -> None:
    """Measure all ways in turn, as often as asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--enterprises", type=int, default=68)
    parser.add_argument("--slices", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--peers", type=int, help="the peers run only so many enterprises of each slice")
    parser.add_argument("--only", choices=list(WAYS), action="append", help="leave the other ways out")
    options = parser.parse_args()
    wanted = {"vises run, 2 workers", *(options.only or WAYS)}
    ways = {name: way for name, way in WAYS.items() if name in wanted}
    costs: dict[str, list[Cost]] = {name: [] for name in WAYS}
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        names = make_study(home, options.enterprises)
        os.environ |= {"VISES_HOME": folder, "VISES_OUTPUTS": str(home / "outputs"), "OPENBLAS_NUM_THREADS": "1"}
        for _ in range(options.rounds):
            of_slices: dict[str, list[Cost]] = {name: [] for name in ways}
            for part in slices(names, options.slices):
                for name, way in ways.items():
                    run = part if way is ours else part[: options.peers]
                    last = cost(way, home, run)
                    of_slices[name].append(last)
                    print(f"{len(run)} enterprises, {name}: {last.wall:.1f} s, cpu {last.cpu:.1f} s", flush=True)
            for name, parts in of_slices.items():
                costs[name].append(added(parts))
        tell(costs)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        print(sum(execute(notebook, name) for notebook, name in tasks(Path(sys.argv[2]), sys.argv[3:])))
    else:
        main()
