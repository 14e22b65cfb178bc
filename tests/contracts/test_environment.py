"""conda users get what the lock gives: environment.yml names every dependency, at the version of the lock."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
PYTHON_3_11 = {"python_version": "3.11", "python_full_version": "3.11.0"}


def locked() -> dict[str, str]:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8").replace("\\\n", " ")
    versions = {}
    for line in text.splitlines():
        requirement = Requirement(line.split("--hash")[0].strip())
        if requirement.marker is None or requirement.marker.evaluate(PYTHON_3_11):
            versions[requirement.name.lower()] = str(requirement.specifier).removeprefix("==")
    return versions


def wanted(group: str | None = None) -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [
        Requirement(line) for line in (project["optional-dependencies"][group] if group else project["dependencies"])
    ]


def conda() -> list[str | dict[str, list[str]]]:
    return yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]


def test_every_dependency_stands_in_the_environment_at_the_version_of_the_lock():
    by_pip = next(entry["pip"] for entry in conda() if isinstance(entry, dict))
    found = {Requirement(line).name: line for line in by_pip if not line.startswith("-")}
    versions = locked()
    expected = {}
    for requirement in wanted():
        extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
        expected[requirement.name] = f"{requirement.name}{extras}=={versions[requirement.name.lower()]}"
    assert found == expected
    assert by_pip[-1] == "--editable ."


def test_the_environment_has_the_python_of_the_lock():
    assert "python=3.11" in conda()


@pytest.mark.parametrize("group", [None, "test"])
def test_the_lock_satisfies_what_the_project_asks(group):
    versions = locked()
    for requirement in wanted(group):
        assert requirement.specifier.contains(versions[requirement.name.lower()]), requirement


def test_the_lock_has_a_hash_for_every_package_and_no_address():
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    entries = re.findall(r"^[A-Za-z0-9._-]+==[^\n]*(?:\n    [^\n]*)*", text, flags=re.MULTILINE)
    assert len(entries) > 100
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in text
