"""Notebooks of a few cells, run in a kernel of any kind."""

from __future__ import annotations

import os

import nbformat
import papermill
import pytest
from nbclient.exceptions import CellTimeoutError
from papermill.engines import papermill_engines

from vises_methods.batch.warm import client
from vises_methods.batch.warm.engine import NAME

QUIET = {"progress_bar": False, "coalesce_streams": True, "record_timing": False, "execution_timeout": 120}


@pytest.fixture(scope="package", autouse=True)
def fork_servers():
    """Let kernels here find matplotlib loaded, and end the fork servers afterwards."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VISES_PRELOAD", "matplotlib.figure,matplotlib.pyplot")
        patch.setenv("PYTHONHASHSEED", "0")
        patch.setenv("MPLCONFIGDIR", os.environ.get("MPLCONFIGDIR", "/tmp"))
        yield
    client.stop_fork_servers()


def made_of(cells: tuple[str, ...]) -> nbformat.NotebookNode:
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in cells], metadata={"kernelspec": kernel, "papermill": {}}
    )


@pytest.fixture(scope="session")
def run_on():
    """Return a function that runs cells to the last, whatever fails; papermill itself refuses what has an error."""

    def run(*cells: str, engine: str | None = NAME, again: bool = True) -> nbformat.NotebookNode:
        options = {**QUIET, "allow_errors": True}
        with pytest.MonkeyPatch.context() as patch:
            # ipykernel captures no output of C where it finds this variable.
            patch.delenv("PYTEST_CURRENT_TEST", raising=False)
            try:
                return papermill_engines.get_engine(engine).execute_notebook(made_of(cells), "python3", **options)
            except CellTimeoutError:
                # A plain kernel, with which ours is compared, now and then loses an answer: seen once in some hundred.
                if engine is not None or not again:
                    raise
        return run(*cells, engine=engine, again=False)

    return run


@pytest.fixture(scope="session")
def run_cells():
    """Return a function that runs cells and returns the executed notebook."""

    def run(*cells: str, engine: str | None = NAME, **options: object) -> nbformat.NotebookNode:
        return papermill.execute_notebook(made_of(cells), None, engine_name=engine, **{**QUIET, **options})

    return run


@pytest.fixture(scope="session")
def said():
    """Return a function that returns what the last cell of a notebook wrote."""

    def text(notebook: nbformat.NotebookNode) -> str:
        return "".join(output.get("text", "") for output in notebook.cells[-1].outputs)

    return text
