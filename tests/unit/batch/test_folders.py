"""Declared files are found with one look at a folder, and are those that the globs of pathlib find."""

import os
import sys
from pathlib import Path

import pytest

from vises_methods.batch import folders
from vises_methods.batch.digests import Digests, sha256
from vises_methods.batch.folders import declared_files, files_below, matching_below, relative, study_files
from vises_methods.batch.ledger import Ledger

FILES = ("a.csv", "b.csv", ".hidden.csv", "profile.yml", "texts/1.txt", "texts/2.md", "texts/deep/3.txt", "x[1].csv")


@pytest.fixture
def study(project):
    for name in FILES:
        project.write(f"data/demo/enterprises/abeille/{name}", name)
    (project.home / "data/demo/enterprises/abeille/a_folder.csv").mkdir()
    return project.study()


@pytest.mark.parametrize(
    "pattern",
    ["*.csv", "texts/*", "texts/*.t?t", "**/*.txt", "*/*/*.txt", "texts/**", "[ab].csv", "[!a].csv", "profile.yml",
     "no.yml", "texts", "**/1.txt", "texts/**/*.txt", "x[[]1].csv", "texts/.*"],
)  # fmt: skip
def test_the_same_files_as_pathlib_finds(study, pattern):
    enterprise = study.enterprises[0]
    wild = any(sign in pattern for sign in "*?[")
    found = enterprise.path.glob(pattern) if wild else [enterprise.path / pattern]
    assert declared_files([pattern], study, enterprise) == sorted(str(path) for path in found if path.is_file())


def test_a_file_of_two_patterns_and_a_shared_one_stand_once(study):
    found = declared_files(["*.csv", "a.csv", "@study", "@ranges"], study, study.enterprises[0])
    assert [Path(path).name for path in found].count("a.csv") == 1
    assert str(study.path / "study.yml") in found


def test_the_files_of_a_study_are_named_from_its_folder(study):
    found = list(study_files(["enterprises/*/profile.yml", "*.yml", "@study", "@codebook"], study))
    assert [name for name, _ in found] == [
        "../reference/codebook.yml", "enterprises/abeille/profile.yml", "enterprises/bourdon/profile.yml", "study.yml",
    ]  # fmt: skip
    assert all(relative(path, study.path) == name and Path(path).is_file() for name, path in found)


def test_matching_files_come_sorted_and_folders_that_hold_none_are_not_entered(project, monkeypatch):
    for name in ("a/1.csv", "a-b/1.csv", "a/deep/2.csv", "a.csv", "b/1.csv", ".work/1.csv", "b/x/3.txt"):
        project.write(f"found/{name}", name)
    entered = []
    scandir = os.scandir
    monkeypatch.setattr(folders.os, "scandir", lambda folder: entered.append(Path(folder).name) or scandir(folder))
    root = project.home / "found"
    assert list(matching_below(root, ["[!.]*/*.csv", "a.csv"])) == ["a-b/1.csv", "a.csv", "a/1.csv", "b/1.csv"]
    assert entered == ["found", "a-b", "a", "b"]
    everything = ["a-b/1.csv", "a.csv", "a/1.csv", "a/deep/2.csv", "b/1.csv", "b/x/3.txt"]
    assert list(matching_below(root, ["[!.]*/**/*", "**/*.csv"])) == sorted([*everything, ".work/1.csv"])
    assert files_below(root) == sorted([*everything, ".work/1.csv"])
    assert list(matching_below(root / "nowhere", ["*"])) == []


def test_a_file_that_is_shared_and_the_studys_own_stands_once(study):
    found = [name for name, _ in study_files(["*.yml", "@study", "*.y?l"], study)]
    assert found == ["study.yml"]


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_links_are_followed_and_a_circle_ends(study):
    folder = study.enterprises[0].path
    (folder / "texts" / "back").symlink_to(folder)
    (folder / "elsewhere").symlink_to(study.enterprises[1].path)
    (folder / "broken.csv").symlink_to(folder / "nowhere")
    found = files_below(folder)
    assert "elsewhere/profile.yml" in found
    assert sorted(found) == sorted({*FILES, "indicators.csv", "elsewhere/profile.yml", "elsewhere/indicators.csv"})


def test_a_path_outside_the_root(tmp_path):
    assert relative(tmp_path / "a" / "b.csv", tmp_path / "c") == "../a/b.csv"
    assert relative(tmp_path / "cc" / "b.csv", tmp_path / "c") == "../cc/b.csv"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no names that are not text")
def test_a_file_whose_name_is_no_text_is_seen_and_no_part_of_a_key(study, tmp_path):
    folder = study.enterprises[0].path
    odd = os.fsdecode(bytes(folder) + b"/caf\xe9.csv")
    Path(odd).write_text("1")
    os.utime(odd, (1_000_000_000, 1_000_000_000))
    assert os.fsdecode(b"caf\xe9.csv") in files_below(folder)
    assert odd not in declared_files(["*.csv"], study, study.enterprises[0])
    assert [name for name, _ in study_files(["enterprises/*/*caf*"], study)] == []
    with Ledger(tmp_path / "ledger.sqlite") as ledger:
        assert Digests(ledger.file_digests).of(odd) == sha256(odd)
        ledger.file_digests[odd] = (1, 2, 3, "d" * 64)
        assert ledger.file_digests.get(odd) is None
