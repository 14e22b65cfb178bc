"""A coordinator at the command line: run, look, break something, mend it; every step says what to do next."""

import re
import shutil
from pathlib import Path

import pytest

from vises_methods.batch.exit_codes import ALL_WELL, SOME_FAILED, WRONG_USE
from vises_methods.cli import run_command

DATA = Path(__file__).parents[2] / "data"
ENTERPRISES = ("pimpernoot", "zwaluwkar")


@pytest.fixture
def home(project, publishing, monkeypatch):
    """A project with two of the demonstration study's enterprises and notebooks that start fast."""
    shutil.rmtree(project.home / "data")
    shutil.copytree(DATA / "reference", project.home / "data" / "reference")
    copied = project.home / "data" / "demo"
    shutil.copytree(DATA / "demo", copied, ignore=lambda folder, names: _others(folder, names))
    project.notebook("01_portrait", publishing("portrait"), reads=["profile.yml"])
    project.notebook("06_synthesis", publishing("all"), after=["01_portrait"])
    project.notebook("80_portfolio", publishing("portfolio"), scope="study", after=["06_synthesis"])
    monkeypatch.setenv("VISES_HOME", str(project.home))
    monkeypatch.delenv("VISES_OUTPUTS", raising=False)
    monkeypatch.setattr("vises_methods.batch.looking.surroundings", _with_a_package_that_stands_still())
    return project


def _others(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if name not in ENTERPRISES] if Path(folder).name == "enterprises" else []


def _with_a_package_that_stands_still():
    from dataclasses import replace

    from vises_methods.batch.keys import surroundings

    return lambda *given, **more: replace(surroundings(*given, **more), package="as it was")


def counts(said: str) -> dict[str, int]:
    return {name: int(number) for name, number in re.findall(r"^  (\D+): (\d+)$", said, re.MULTILINE)}


def test_a_day_of_a_coordinator(home, capsys):
    def vises(*arguments: str) -> tuple[int, str]:
        code = run_command(["--ui", "en", *arguments])
        return code, capsys.readouterr().out

    code, said = vises("run", "--dry-run")
    assert (code, "To run: 5. Unchanged: 0." in said) == (ALL_WELL, True)
    assert not home.outputs.exists()

    code, said = vises("run")
    assert code == ALL_WELL, said
    assert counts(said) == {"notebooks made": 5}
    assert str(home.outputs / "index.html") in said
    page = (home.outputs / "baseline" / "pimpernoot" / "01_portrait.nl.html").read_text()
    assert 'lang="nl"' in page
    assert (home.outputs / "index.html").read_text().count("pimpernoot/01_portrait.nl.html") > 0

    code, said = vises("run")
    assert (code, counts(said)) == (ALL_WELL, {"notebooks made": 0, "unchanged, not run again": 5})
    code, said = vises("status")
    assert (code, "Everything is up to date." in said) == (ALL_WELL, True)

    code, said = vises("run", "--enterprise", "pimpernot", "--notebook", "81")
    assert (code, "pimpernoot" in said, "80_portfolio" in said) == (WRONG_USE, True, True)
    code, said = vises("run", "--parameter", "draws=5", "--parameter", "lang=1")
    assert (code, "draws" in said) == (WRONG_USE, True)

    profile = home.home / "data/demo/enterprises/pimpernoot/profile.yml"
    sound = profile.read_text(encoding="utf-8")
    profile.write_text(sound.replace("group: G", "group: H"), encoding="utf-8")
    home.notebook("06_synthesis", "1 / 0", after=["01_portrait"])
    code, said = vises("check")
    assert (code, "enterprises/pimpernoot/profile.yml" in said) == (WRONG_USE, True)
    code, said = vises("run")
    assert code == WRONG_USE
    assert "ZeroDivisionError" in said
    assert "vises run --study demo --enterprise zwaluwkar --notebook 06_synthesis --lang nl" in said
    assert counts(said) == {
        "notebooks made": 0, "unchanged, not run again": 1, "failed": 1, "blocked by a failure": 1,
    }  # fmt: skip
    profile.write_text(sound, encoding="utf-8")
    code, said = vises("status")
    assert (code, "ZeroDivisionError" in said) == (SOME_FAILED, True)


def test_a_notebook_that_is_broken_is_refused_before_anything_runs(home, capsys):
    home.write("notebooks/03_broken.ipynb", "{")
    assert run_command(["--ui", "fr", "run"]) == WRONG_USE
    assert "notebooks/03_broken.ipynb" in capsys.readouterr().out
    assert not home.outputs.exists()
    assert run_command(["--ui", "fr", "run", "--notebook", "01", "--dry-run"]) == ALL_WELL
