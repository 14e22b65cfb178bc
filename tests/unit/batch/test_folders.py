"""Declared files are found with one look at a folder, and are those that the globs of pathlib find."""

import os
from pathlib import Path

import pytest

from vises_methods.batch.folders import declared_files, files_below, relative

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
    found = declared_files(["enterprises/*/profile.yml"], study, None)
    assert [relative(path, study.path) for path in found] == [
        "enterprises/abeille/profile.yml", "enterprises/bourdon/profile.yml",
    ]  # fmt: skip


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
