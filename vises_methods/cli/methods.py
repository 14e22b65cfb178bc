"""``vises calibrate``: how well the methods hold what they promise."""

from __future__ import annotations

from collections.abc import Callable

import click
from rich.console import Console

from vises_methods.batch.exit_codes import ALL_WELL
from vises_methods.catalogue import text
from vises_methods.cli.options import Commands, cores, option


def commands(lang: str, console: Console) -> Commands:
    """Return the commands of this module."""
    options: list[click.Parameter] = [
        option("--studies", "studies", lang, type=click.IntRange(min=1), default=2000, show_default=True),
        option("--seed", "seed", lang, type=click.IntRange(min=0), default=0, show_default=True),
        option("--jobs", "processes", lang, type=click.IntRange(min=1), default=cores(), show_default=True),
    ]
    return {"calibrate": (options, _calibrate(console, lang))}


def _calibrate(console: Console, lang: str) -> Callable[..., int]:
    def carry_out(studies: int, seed: int, jobs: int) -> int:
        from rich.progress import Progress

        from vises_methods.outcomes.calibration import calibrate, write_table
        from vises_methods.study import data_root

        with Progress(console=console, transient=True) as progress:
            bar = progress.add_task(text("cli.calibrate.counting", lang))
            table = calibrate(
                studies, seed, jobs=jobs, progress=lambda done, of: progress.update(bar, completed=done, total=of)
            )
        path = data_root() / "reference" / "calibration.csv"
        write_table(table, path)
        console.print(text("cli.calibrate.written", lang, count=len(table), path=str(path)), markup=False)
        return ALL_WELL

    return carry_out
