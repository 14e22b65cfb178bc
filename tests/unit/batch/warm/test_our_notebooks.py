"""Our own notebooks have the same outputs in a forked kernel as in a plain one, bytes of figures included.

Those with figures, tables, sentences and published results, of one enterprise in each language, cell behind cell in
one kernel of each kind, which loads everything once.
"""

import os
from pathlib import Path

import nbformat
import pytest

from vises_methods.batch.warm import client

NOTEBOOKS = Path(__file__).parents[4] / "notebooks"
RUN = {"01_portrait": ("vire-lune", "fr"), "02_data_quality": ("pimpernoot", "nl")}


def cells() -> list[str]:
    """Return the code cells of the notebooks, one behind the other, each with its parameters."""
    found = []
    for name, (enterprise, lang) in RUN.items():
        for cell in nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4).cells:
            if cell.cell_type == "code":
                found.append(cell.source)
                if "parameters" in cell.metadata.get("tags", ()):
                    found.append(f"enterprise, lang = {enterprise!r}, {lang!r}")
    return found


@pytest.fixture(scope="module")
def both(run_on):
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("VISES_PRELOAD", raising=False)
        # It has one thread and has chosen no backend, or it would refuse to fork and figures would be missing.
        client.start_fork_server(os.environ).wait_until_ready()
        yield run_on(*cells()), run_on(*cells(), engine=None)
    client.stop_fork_servers()


def test_cell_by_cell(both):
    forked, plain = both
    for ours, theirs in zip(forked.cells, plain.cells, strict=True):
        assert ours.outputs == theirs.outputs, ours.source


def test_what_was_compared_holds_figures_and_results(both):
    kinds = [kind for cell in both[0].cells for output in cell.outputs for kind in output.get("data", {})]
    assert kinds.count("image/png") >= 2
    assert any("vises" in kind for kind in kinds)
    assert not [output for cell in both[0].cells for output in cell.outputs if output.output_type == "error"]
