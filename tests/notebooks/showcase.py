"""Run the notebooks for the enterprise whose outputs are committed, and put those outputs into the notebooks.

    .venv/bin/python tests/notebooks/showcase.py

The batch itself runs them, as a user would, into a folder of its own: one enterprise under two methodologies, then
the two notebooks over the whole study on what there is. Read the difference before you commit it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
NOTEBOOKS = ROOT / "notebooks"
ENTERPRISE, METHODOLOGIES, LANGUAGE = "vire-lune", ("baseline", "demanding"), "en"


def run_showcase(outputs: Path) -> dict[str, nbformat.NotebookNode]:
    """Run every notebook for the showcase into ``outputs`` and return the executed notebooks by name."""
    environment = {**os.environ, "VISES_HOME": str(ROOT), "VISES_OUTPUTS": str(outputs)}
    command = [sys.executable, "-m", "vises_methods.cli", "run", "--study", "demo", "--enterprise", ENTERPRISE]
    command += [part for name in METHODOLOGIES for part in ("--methodology", name)]
    command += [part for name in sorted(scopes()) for part in ("--notebook", name) if scopes()[name]]
    run = subprocess.run(
        [*command, "--lang", LANGUAGE, "--ui", "en"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    folder = outputs / "demo" / METHODOLOGIES[0]
    homes = {"enterprise": folder / ENTERPRISE, "study": folder}
    executed = {
        name: nbformat.read(homes[scope] / f"{name}.{LANGUAGE}.ipynb", as_version=4)
        for name, scope in scopes().items()
        if scope
    }
    return executed | {name: _alone(name) for name, scope in scopes().items() if not scope}


def scopes() -> dict[str, str | None]:
    """Return the scope of each committed notebook; None for one that is no job of the batch."""
    found = {path.stem: nbformat.read(path, as_version=4) for path in sorted(NOTEBOOKS.glob("*.ipynb"))}
    return {name: notebook.metadata.get("vises", {}).get("scope") for name, notebook in found.items()}


def with_outputs(committed: nbformat.NotebookNode, executed: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return the committed notebook with the outputs of the executed one, cell by cell."""
    made = {cell.id: cell for cell in executed.cells if cell.cell_type == "code"}
    count = 0
    for cell in committed.cells:
        if cell.cell_type == "code":
            count += 1
            cell.outputs, cell.execution_count = made[cell.id].outputs, count
    return committed


def _alone(name: str) -> nbformat.NotebookNode:
    notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    client = NotebookClient(notebook, kernel_name="python3", resources={"metadata": {"path": str(NOTEBOOKS)}})
    client.execute()
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
    return notebook


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        executed = run_showcase(Path(folder))
    for name, notebook in executed.items():
        path = NOTEBOOKS / f"{name}.ipynb"
        nbformat.write(with_outputs(nbformat.read(path, as_version=4), notebook), path)


if __name__ == "__main__":
    main()
