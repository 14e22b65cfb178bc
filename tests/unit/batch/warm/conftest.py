"""Notebooks of a few cells, run in a kernel of any kind."""

from __future__ import annotations

import os
import sys

import nbformat
import papermill
import pytest

from vises_methods.batch.warm import client
from vises_methods.batch.warm.engine import NAME

linux = pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")


@pytest.fixture(scope="package", autouse=True)
def fork_servers():
    """Let kernels here find matplotlib loaded, and end the fork servers afterwards."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VISES_PRELOAD", "matplotlib.figure,matplotlib.pyplot")
        patch.setenv("PYTHONHASHSEED", "0")
        patch.setenv("MPLCONFIGDIR", os.environ.get("MPLCONFIGDIR", "/tmp"))
        yield
    client.stop_fork_servers()


@pytest.fixture(scope="session")
def run_cells():
    """Return a function that runs cells and returns the executed notebook."""

    def run(*cells: str, engine: str | None = NAME, **options: object) -> nbformat.NotebookNode:
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        notebook = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(cell) for cell in cells], metadata={"kernelspec": kernel}
        )
        for cell in notebook.cells:
            if cell.source.startswith("# fails"):
                cell.metadata["tags"] = ["raises-exception"]
        quiet = {"progress_bar": False, "coalesce_streams": True, "record_timing": False}
        return papermill.execute_notebook(notebook, None, engine_name=engine, **quiet, **options)

    return run


@pytest.fixture(scope="session")
def said():
    """Return a function that returns what the last cell of a notebook wrote."""

    def text(notebook: nbformat.NotebookNode) -> str:
        return "".join(output.get("text", "") for output in notebook.cells[-1].outputs)

    return text
