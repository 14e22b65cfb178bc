"""The project is found from the environment, from where one works, or from the package."""

from pathlib import Path

import pytest

from vises_methods.study import outputs_root, project_root, reference_root


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch):
    for name in ("VISES_HOME", "VISES_OUTPUTS"):
        monkeypatch.delenv(name, raising=False)


def test_the_environment_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("VISES_HOME", str(tmp_path))
    assert project_root() == tmp_path.resolve()
    assert outputs_root() == tmp_path.resolve() / "outputs"


def test_outputs_may_stand_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("VISES_OUTPUTS", str(tmp_path / "elsewhere"))
    assert outputs_root() == (tmp_path / "elsewhere").resolve()


def test_the_project_is_sought_upwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name in ("data", "notebooks/deep"):
        (tmp_path / name).mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "notebooks" / "deep")
    assert project_root().samefile(tmp_path)


def test_a_project_without_reference_uses_the_one_of_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("VISES_HOME", str(tmp_path))
    assert (reference_root() / "codebooks" / "vises-default.yml").is_file()
