"""No machine's habits reach a result: the environment is fixed, and restored afterwards."""

import os
from contextlib import suppress
from pathlib import Path

from vises_methods.batch.kernels import BatchKernelManager, environment, kernel_environment, peak_memory


def test_what_kernels_are_given(tmp_path):
    given = kernel_environment(tmp_path / "home", tmp_path / "outputs", tmp_path / "scratch")
    assert given["OMP_NUM_THREADS"] == given["OPENBLAS_NUM_THREADS"] == given["VECLIB_MAXIMUM_THREADS"] == "1"
    assert given["VISES_HOME"] == str(tmp_path / "home")
    assert given["IPYTHONDIR"].startswith(str(tmp_path / "scratch"))
    assert Path(given["MATPLOTLIBRC"]).is_file()


def test_the_environment_is_as_before_afterwards(monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "Agg")
    monkeypatch.setenv("TZ", "Europe/Brussels")
    before = dict(os.environ)
    with environment({"TZ": "UTC", "VISES_NEW": "1"}):
        assert "MPLBACKEND" not in os.environ
        assert (os.environ["TZ"], os.environ["VISES_NEW"]) == ("UTC", "1")
    assert dict(os.environ) == before


def test_the_environment_is_restored_after_an_error_too():
    before = dict(os.environ)
    with suppress(KeyError), environment({"VISES_NEW": "1"}):
        raise KeyError
    assert dict(os.environ) == before


def test_memory_of_a_process_that_is_there_and_one_that_is_not():
    assert peak_memory(os.getpid()) > 1_000_000
    assert peak_memory(None) == 0
    assert peak_memory(2**22 + 1) == 0


def test_the_kernel_is_this_interpreter_s_own(monkeypatch, tmp_path):
    (tmp_path / "kernels" / "python3").mkdir(parents=True)
    (tmp_path / "kernels" / "python3" / "kernel.json").write_text('{"argv": ["ruby"], "display_name": "x"}')
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    manager = BatchKernelManager(kernel_name="python3")
    assert "ipykernel_launcher" in manager.kernel_spec.argv
