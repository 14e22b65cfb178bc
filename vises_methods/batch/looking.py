"""What ``vises status``, ``vises why`` and ``vises run --dry-run`` show: a study looked at, and nothing run.

What only a run needs is not loaded for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

from vises_methods.batch.digests import Digests
from vises_methods.batch.exit_codes import ALL_WELL, SOME_FAILED
from vises_methods.batch.keys import Surroundings, surroundings
from vises_methods.batch.ledger import Ledger
from vises_methods.batch.page_contexts import page_contexts
from vises_methods.batch.preparation import Prepared, Request, prepare
from vises_methods.batch.report import show_foreseen, show_status, show_why
from vises_methods.batch.staleness import Explanation, foresee


def status(request: Request, console: Console, ui: str) -> int:
    """Show how every job stands, without running anything; return 1 when one failed the last time."""
    prepared = prepare(request)
    with _foreseen(prepared) as foreseen:
        return SOME_FAILED if show_status(foreseen, console, ui) else ALL_WELL


def why(request: Request, console: Console, ui: str) -> int:
    """Show of every job why a run would run it, and which part of its key changed, from what to what."""
    prepared = prepare(request)
    with _foreseen(prepared) as foreseen:
        show_why(foreseen, console, ui)
    return ALL_WELL


def foretell(prepared: Prepared, console: Console, ui: str, *, force: bool) -> int:
    """Show which jobs a run would run, and why."""
    with _foreseen(prepared, force=force) as foreseen:
        show_foreseen(foreseen, console, ui)
    return ALL_WELL


@contextmanager
def _foreseen(prepared: Prepared, *, force: bool = False) -> Iterator[Iterator[Explanation]]:
    """Give what a run would do with each job, while the ledger is open; a plan that is wrong is told before."""
    jobs = prepared.jobs(prepared.enterprises)
    with Ledger.for_reading(prepared.ledger_path) as ledger:
        digests = Digests(ledger.file_digests, still=True)
        yield foresee(jobs, ledger.entries(), around_all(prepared, digests), digests, force=force)


def around_all(prepared: Prepared, digests: Digests) -> Surroundings:
    """Return what all jobs of a plan have in common."""
    lock = prepared.home / "requirements.lock"
    contexts = page_contexts(prepared)
    return surroundings(
        prepared.study, prepared.outputs, prepared.methodology_files, lock, digests, page_context=contexts
    )
