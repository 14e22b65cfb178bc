"""What profiles say is remembered by their content: never by their place, and never when it is faulty."""

import pytest

from vises_methods.batch.cards import RememberedCards
from vises_methods.batch.digests import Digests
from vises_methods.batch.ledger import Ledger
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
    assert len(memory.learnt) == len(first)
    monkeypatch.setattr("vises_methods.study.opening.read_yaml", None)
    again, second = read(memory.learnt)
    assert again == first
    assert second.learnt == {}


def test_a_profile_that_changed_is_read_again(tmp_path):
    profile = tmp_path / "profile.yml"
    profile.write_text("name: A")
    memory = RememberedCards({}, Digests())
    memory.learn(Digests().of(profile), {"name": "A", "scheme": None, "languages": ["fr"]})
    later = RememberedCards(memory.learnt, Digests())
    assert later.known(profile) == {"name": "A", "scheme": None, "languages": ["fr"]}
    profile.write_text("name: B")
    assert later.known(profile) is None
    assert later.known(tmp_path / "none.yml") is None


@pytest.mark.parametrize("name", [{"a", "b"}, {"fr": "A"}, 3, [["fr"]]])
def test_what_is_not_plain_is_not_remembered(name):
    memory = RememberedCards({}, Digests())
    memory.learn("x", {"name": name})
    assert not memory.learnt


def test_the_ledger_keeps_the_cards_of_profiles_that_stand(tmp_path):
    cards = {sha256: (("name", f"Étude {sha256}"), ("scheme", None), ("languages", ["fr"])) for sha256 in "abc"}
    with Ledger(tmp_path / "ledger.sqlite") as ledger:
        ledger.cards.put(cards, iter("abb"))
        assert dict(ledger.cards) == {name: cards[name] for name in "ab"}
        ledger.cards.put({"d": cards["c"]}, iter("bd"))
        assert dict(ledger.cards) == {"b": cards["b"], "d": cards["c"]}
