"""What starts from a template is valid at once, in each language, and nothing is ever overwritten."""

from pathlib import Path

import pytest

from vises_methods.errors import InputError
from vises_methods.study import check_study, new_enterprise, new_study, open_enterprise
from vises_methods.study.definitions import TABLES


@pytest.mark.parametrize("lang", ["fr", "nl", "en"])
def test_an_enterprise_from_the_templates_is_valid(tmp_path: Path, lang: str):
    study = new_study(f"etude-{lang}", lang=lang, folder=tmp_path)
    folder = new_enterprise(study, "nouvelle", name='L\'"Atelier" $x \\ 100 %', lang=lang)
    assert check_study(study) == []
    assert open_enterprise(study, "nouvelle").profile["name"] == 'L\'"Atelier" $x \\ 100 %'
    assert {path.stem for path in folder.glob("*.csv")} == set(TABLES)


@pytest.mark.parametrize("region", ["hauts-de-france", "wallonie", "vlaanderen", "brussels"])
def test_country_follows_the_region(study: Path, region: str):
    new_enterprise(study, "autre", region=region)
    assert check_study(study) == []


def test_nothing_is_overwritten(study: Path):
    with pytest.raises(InputError, match="exists already"):
        new_study("essai", folder=study.parent)
    with pytest.raises(InputError, match="exists already"):
        new_enterprise(study, "atelier")


@pytest.mark.parametrize("name", ["Été", "a", "a b", "../ailleurs", "", "-x", "con/fig"])
def test_a_name_that_is_no_identifier_is_refused(study: Path, name: str):
    with pytest.raises(InputError, match="identifier"):
        new_enterprise(study, name)
    with pytest.raises(InputError, match="identifier"):
        new_study(name, folder=study.parent)


def test_an_unknown_region_is_refused_before_anything_is_written(study: Path):
    with pytest.raises(InputError):
        new_enterprise(study, "autre", region="zeeland")
    assert not (study / "enterprises" / "autre").exists()
