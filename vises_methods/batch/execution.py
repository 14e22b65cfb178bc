"""One job, carried out in a worker: papermill runs the notebook, its results are taken out, its page is made.

The files are left in the order's own folder; the process that runs the batch moves them into place, whole.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat.v4.rwbase import rejoin_lines
from papermill.engines import papermill_engines
from papermill.exceptions import PapermillExecutionError

from vises_methods.batch.collect import SameNameTwiceError, published_results, results_json, undeclared_reads
from vises_methods.batch.in_memory import execute_in_memory
from vises_methods.batch.kernels import KERNEL_NAME, BatchKernelManager, KernelChoiceError, peak_memory
from vises_methods.batch.limits import MEMORY_ERRORS
from vises_methods.batch.localisation import localise
from vises_methods.batch.notebooks import load_notebook
from vises_methods.batch.outcome import Failure, Order, Outcome
from vises_methods.batch.processes import exit_told
from vises_methods.batch.warm.choice import chosen_kernels, kernels_ahead
from vises_methods.batch.warm.client import ForkedKernel
from vises_methods.batch.warm.engine import NAME, ForkedEngine, KernelDiedError
from vises_methods.batch.written import notebook_text

# The entry point says the same to papermill's own command, where the package was installed with it.
papermill_engines.register(NAME, ForkedEngine)
INJECTED_TAG = "injected-parameters"
_START_SECONDS = 120


def carry_out(order: Order) -> Outcome:
    """Run one notebook and return what came of it; never raises for a fault of the notebook."""
    started = time.monotonic()
    watch = _Watch(started + order.timeout)
    try:
        failure = _run(order, watch)
    except Exception as error:  # the one place that isolates a job: whatever it is, the others go on
        kind = "output" if isinstance(error, OSError) and watch.stage != "page" else watch.stage
        failure = Failure(kind, f"{type(error).__name__}: {error}")
    files = tuple(sorted(path.name for path in order.work.iterdir() if path.is_file())) if order.work.is_dir() else ()
    return Outcome(order.job_id, failure, files, time.monotonic() - started, watch.peak)


def tidied(notebook: nbformat.NotebookNode, original: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Take out of an executed notebook all that depends on the clock, on paths and on chance.

    Papermill's and nbclient's times go, the injected cell is named after its content, and the metadata are those of
    the source.
    """
    sources = {cell.id: cell.metadata for cell in original.cells}
    for cell in notebook.cells:
        if INJECTED_TAG in cell.metadata.get("tags", []):
            cell.id = "parameters-" + hashlib.sha256(cell.source.encode("utf-8")).hexdigest()[:12]
            cell.metadata = nbformat.from_dict({"tags": [INJECTED_TAG]})
        elif cell.id in sources:
            cell.metadata = nbformat.from_dict(sources[cell.id])
        else:
            cell.metadata.pop("papermill", None)
    notebook.metadata.pop("papermill", None)
    return notebook


class _Watch:
    """Sees the cells go by: which one runs, how much time is left, how much memory the kernel held."""

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.cell: int | None = None
        self.line = ""
        self.peak = 0
        self.stage = "unexpected"
        self.cells: list[nbformat.NotebookNode] = []
        self.passed = 0
        self.manager: BatchKernelManager | None = None

    def begin_again(self) -> None:
        self.cell, self.line, self.passed = None, "", 0
        self.cells.clear()

    def cell_start(self, cell: nbformat.NotebookNode, cell_index: int) -> None:
        self.cells[cell_index:] = [cell]
        self.passed += INJECTED_TAG not in cell.metadata.get("tags", [])
        if cell.cell_type == "code":
            self.cell = self.passed
            self.line = next((line for line in cell.source.splitlines() if line.strip()), "")

    def cell_executed(self, **_: Any) -> None:
        if self.manager is not None:
            self.peak = max(self.peak, peak_memory(self.manager.process_id))

    def kernel_ended(self, kernel: ForkedKernel) -> None:
        self.peak = kernel.peak_memory

    def seconds_left(self, _cell: nbformat.NotebookNode) -> int:
        return max(1, int(self.deadline - time.monotonic()))


class _NeighbourError(Exception):
    """The fork server has ended, perhaps by another worker's notebook: there will be one of this worker's own."""


def _run(order: Order, watch: _Watch) -> Failure | None:
    order.work.mkdir(parents=True, exist_ok=True)
    try:
        original = load_notebook(order.notebook)
    except (OSError, ValueError, nbformat.ValidationError) as error:
        return Failure("notebook", f"{type(error).__name__}: {error}")
    original = localise(original, order.notebook.stem, order.identity["lang"])
    try:
        notebook = _execute(nbformat.from_dict(original), order, watch)
    except _NeighbourError:
        watch.begin_again()
        notebook = _execute(nbformat.from_dict(original), order, watch)
    target = order.work / f"{order.stem}.ipynb"
    if isinstance(notebook, Failure):
        as_far = nbformat.from_dict({**original, "cells": [*watch.cells, *original.cells[watch.passed :]]})
        _write(tidied(as_far, original), target.with_name(f"{order.stem}.failed.ipynb"))
        return notebook
    try:
        results = published_results(notebook)
    except SameNameTwiceError as error:
        return Failure("same_name_twice", str(error))
    undeclared = undeclared_reads(results, order.declared)
    if undeclared:
        return Failure("undeclared_read", ", ".join(undeclared))
    _write(rejoin_lines(tidied(notebook, original)), target)
    _write_text(results_json(order.identity, results), order.work / f"{order.stem}.results.json")
    if order.render is not None:
        watch.stage = "page"
        order.render(notebook, order.work / f"{order.stem}.html", order.identity["lang"], order.context)
    return None


def _execute(notebook: nbformat.NotebookNode, order: Order, watch: _Watch) -> nbformat.NotebookNode | Failure:
    try:
        with _kernel(order, watch) as choice:
            executed = execute_in_memory(
                notebook,
                dict(order.parameters),
                kernel_name=KERNEL_NAME,
                folder=order.notebook.parent,
                start_timeout=_START_SECONDS,
                record_timing=False,
                coalesce_streams=True,
                timeout_func=watch.seconds_left,
                on_cell_start=watch.cell_start,
                on_cell_executed=watch.cell_executed,
                **choice,
            )
    except PapermillExecutionError as error:
        if order.memory is not None and error.ename in MEMORY_ERRORS:
            return Failure("memory", f"{order.memory / 1e9:g}", watch.cell, watch.line)
        return Failure("cell_error", f"{error.ename}: {error.evalue}", watch.cell, watch.line)
    except CellTimeoutError:
        return Failure("timeout", f"{order.timeout:g} s", watch.cell, watch.line)
    except KernelDiedError as error:
        if error.server_ended and error.shared:
            raise _NeighbourError from error
        return Failure("worker" if error.server_ended else "kernel_died", str(error), watch.cell, watch.line)
    except KernelChoiceError as error:
        return Failure("kernels", str(error))
    except (DeadKernelError, RuntimeError) as error:
        status = None if watch.manager is None else watch.manager.exit_status
        told = str(error) if status is None else exit_told(status)
        return Failure("kernel_died", told, watch.cell, watch.line)
    return executed


@contextmanager
def _kernel(order: Order, watch: _Watch) -> Iterator[dict[str, Any]]:
    """Yield what tells papermill which kernel to run the notebook in."""
    kind = chosen_kernels(order.kernels)
    megabytes = 0 if order.memory is None else max(1, order.memory // 2**20)
    if kind == "forked":
        title = f"{order.identity['enterprise'] or order.identity['study']} {order.stem}"
        yield {"engine_name": NAME, "title": title, "memory": megabytes, "on_kernel_end": watch.kernel_ended}
        return
    folder = order.notebook.parent
    if kind == "ahead":
        watch.manager = kernels_ahead().take(folder, megabytes)
    else:
        watch.manager = BatchKernelManager(kernel_name=KERNEL_NAME)
        watch.manager.begin(folder, memory=megabytes)
    try:
        yield {"km": watch.manager}
    finally:
        watch.manager.end()


def _write(notebook: nbformat.NotebookNode, path: Path) -> None:
    _write_text(notebook_text(notebook) + "\n", path)


def _write_text(content: str, path: Path) -> None:
    path.write_text(content, encoding="utf-8", newline="\n")
