"""What ``vises status``, ``vises why`` and ``vises run --dry-run`` show: a study looked at, and nothing run.

What only a run needs is not loaded for it.
"""

from __future__ import annotations

from rich.console import Console

from vises_methods.batch.digests import Digests
from vises_methods.batch.exit_codes import ALL_WELL, SOME_FAILED
from vises_methods.batch.keys import Surroundings, surroundings
from vises_methods.batch.ledger import Ledger
from vises_methods.batch.page_contexts import page_contexts
from vises_methods.batch.preparation import Prepared, Request, prepare
from vises_methods.batch.report import show_foreseen, show_status, show_why
from vises_methods.batch.staleness import explain, foresee


def status(request: Request, console: Console, ui: str) -> int:
    """Show how every job stands, without running anything; return 1 when one failed the last time."""
    prepared = prepare(request)
    with Ledger.for_reading(prepared.ledger_path) as ledger:
        digests = Digests(ledger.file_digests, still=True)
        planned, entries = prepared.jobs(prepared.enterprises), ledger.entries()
        foreseen = foresee(planned, entries, around_all(prepared, digests), digests)
        show_status(planned, foreseen, entries, console, ui)
        stale = [entries[name] for name, reasons in foreseen.items() if reasons and name in entries]
    return SOME_FAILED if any(entry.failure for entry in stale) else ALL_WELL


def why(request: Request, console: Console, ui: str) -> int:
    """Show of every job why a run would run it, and which part of its key changed, from what to what."""
    prepared = prepare(request)
    with Ledger.for_reading(prepared.ledger_path) as ledger:
        digests = Digests(ledger.file_digests, still=True)
        planned, entries = prepared.jobs(prepared.enterprises), ledger.entries()
        show_why(explain(planned, entries, around_all(prepared, digests), digests), console, ui)
    return ALL_WELL


def foretell(prepared: Prepared, console: Console, ui: str, *, force: bool) -> int:
    """Show which jobs a run would run, and why."""
    with Ledger.for_reading(prepared.ledger_path) as ledger:
        digests = Digests(ledger.file_digests, still=True)
        planned = prepared.jobs(prepared.enterprises)
        foreseen = foresee(planned, ledger.entries(), around_all(prepared, digests), digests, force=force)
    show_foreseen(planned, foreseen, console, ui)
    return ALL_WELL


def around_all(prepared: Prepared, digests: Digests) -> Surroundings:
    """Return what all jobs of a plan have in common."""
    lock = prepared.home / "requirements.lock"
    contexts = page_contexts(prepared)
    return surroundings(
        prepared.study, prepared.outputs, prepared.methodology_files, lock, digests, page_context=contexts
    )
