"""Papermill on a notebook that is in memory and stays there."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import chdir
from pathlib import Path
from typing import Any

import papermill
from nbformat import NotebookNode
from papermill.engines import NotebookExecutionManager, papermill_engines
from papermill.execute import raise_for_execution_errors
from papermill.parameterize import parameterize_notebook


def execute_in_memory(
    notebook: NotebookNode,
    parameters: Mapping[str, Any],
    *,
    kernel_name: str,
    folder: Path,
    engine_name: str | None = None,
    **engine: Any,
) -> NotebookNode:
    """Do what ``papermill.execute_notebook`` does, without its writing the notebook as JSON before and after.

    Papermill writes a notebook that it is given in memory to read it again, and writes the executed one even where it
    is to be saved nowhere: with many results in it that costs as much as a figure.

    Parameters
    ----------
    notebook : NotebookNode
        Of format 4.5 and without outputs; it is changed in place.
    parameters : mapping
        What the injected cell sets.
    kernel_name : str
    folder : Path
        Where it runs.
    engine_name : str, optional
        Papermill's own by default.
    **engine
        What the engine is told.

    Raises
    ------
    PapermillExecutionError
        When a cell fails.
    """
    notebook.metadata["papermill"] = {
        "default_parameters": {},
        "parameters": {},
        "environment_variables": {},
        "version": papermill.__version__,
    }
    for cell in notebook.cells:
        cell.metadata.setdefault("tags", [])
        cell.metadata.setdefault("papermill", {})
    with_parameters = parameterize_notebook(
        notebook, dict(parameters), kernel_name=kernel_name, language="python", engine_name=engine_name
    )
    manager = _Untimed(with_parameters, progress_bar=False, autosave_cell_every=0)
    manager.notebook_start()
    with chdir(os.fspath(folder)):
        papermill_engines.get_engine(engine_name).execute_managed_notebook(
            manager, kernel_name, log_output=False, stdout_file=None, stderr_file=None, **engine
        )
    raise_for_execution_errors(manager.nb, None)
    executed: NotebookNode = manager.nb
    return executed


class _Untimed(NotebookExecutionManager):  # type: ignore[misc]
    """Papermill's record of an execution, without when each cell began and ended: nothing of it is kept."""

    def cell_start(self, cell: NotebookNode, cell_index: int | None = None, **_: Any) -> None:
        """A cell begins."""

    def cell_complete(self, cell: NotebookNode, cell_index: int | None = None, **_: Any) -> None:
        """A cell has ended."""
