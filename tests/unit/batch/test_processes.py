"""How processes that a batch starts are told to have ended."""

import pytest

from vises_methods.batch.processes import exit_told


@pytest.mark.parametrize(
    ("status", "told"),
    [(None, "?"), (0, "exit 0"), (3, "exit 3"), (-9, "SIGKILL"), (-11, "SIGSEGV"), (-99, "signal 99")],
)
def test_how_a_process_ended(status, told):
    assert exit_told(status) == told
