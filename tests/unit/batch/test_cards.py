"""What profiles say is remembered by their content: never by their place, and never when it is faulty."""

import pytest

from vises_methods.batch.cards import RememberedCards
from vises_methods.batch.digests import Digests
from vises_methods.study import data_root, open_study


@pytest.fixture
def opened():
    study = open_study(data_root() / "demo")

    def read(before):
        memory = RememberedCards(before, Digests())
        return study.remembering(memory).enterprises, memory

    return study, read


def test_the_cards_are_the_same_remembered_or_read(opened, monkeypatch):
    study, read = opened
    first, memory = read({})
    assert first == study.enterprises
    assert memory.new
    monkeypatch.setattr("vises_methods.study.opening.read_yaml", None)
    again, second = read(memory.now)
    assert again == first
    assert (second.new, second.now) == (False, memory.now)


def test_a_profile_that_changed_is_read_again(tmp_path):
    profile = tmp_path / "profile.yml"
    profile.write_text("name: A")
    memory = RememberedCards({}, Digests())
    memory.learnt(Digests().of(profile), {"name": "A", "scheme": None, "languages": ["fr"]})
    later = RememberedCards(memory.now, Digests())
    assert later.known(profile) == {"name": "A", "scheme": None, "languages": ["fr"]}
    profile.write_text("name: B")
    assert later.known(profile) is None
    assert later.known(tmp_path / "none.yml") is None


@pytest.mark.parametrize("name", [{"a", "b"}, {"fr": "A"}, 3, [["fr"]]])
def test_what_is_not_plain_is_not_remembered(name):
    memory = RememberedCards({}, Digests())
    memory.learnt("x", {"name": name})
    assert not memory.new
