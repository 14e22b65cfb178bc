"""The digests of very many files are a mapping like any other, in less room, and part of the same keys."""

import json
import pickle
import random

import pytest

from vises_methods.batch.keys import changes, differences, key_of, text_digest
from vises_methods.batch.packing import ManyDigests, Packed, pack, unpack

FILES = {f"enterprises/é{number:05d}/a.csv": f"{number:064x}" for number in range(2500)}


@pytest.fixture
def many():
    return ManyDigests.of(FILES.items())


def test_it_is_the_mapping_it_was_made_of(many):
    assert list(many.items()) == list(FILES.items())
    assert len(many) == len(FILES)
    names = [*FILES, "", "enterprises", "enterprises/é00999/b.csv", "zz"]
    random.Random(1).shuffle(names)
    assert all(many.get(name) == FILES.get(name) for name in names)
    assert [name for name in names if name in many] == [name for name in names if name in FILES]


def test_it_is_equal_to_what_says_the_same(many):
    assert many == FILES
    assert many == ManyDigests.of(FILES.items())
    assert many != ManyDigests.of(list(FILES.items())[:-1])
    assert many != ManyDigests.of([*list(FILES.items())[:-1], ("enterprises/é02499/a.csv", "other")])
    assert ManyDigests.of([]) == {} == ManyDigests.of([])


@pytest.mark.parametrize("count", [0, 1, 1000, 2500])
def test_it_is_kept_and_sent_as_it_is(count):
    digests = ManyDigests.of(list(FILES.items())[:count])
    components = {"inputs": digests, "lock": "x", "after": ManyDigests.of([("b", "2")])}
    kept = Packed(pack(components))
    assert (kept, kept["inputs"], kept["after"]) == (components, digests, {"b": "2"})
    assert isinstance(kept["inputs"], ManyDigests)
    assert pickle.loads(pickle.dumps(digests)) == digests
    assert len(pack(components)) < 100 + 60 * count + 300


@pytest.mark.parametrize("count", [0, 1, 2500])
def test_the_key_is_that_of_the_plain_mapping(count):
    plain = dict(list(FILES.items())[:count])
    components = {"lock": "x", "inputs": plain, "after": {}, "parameters": {"n": 1, "é": None}}
    packed = {**components, "inputs": ManyDigests.of(plain.items()), "after": ManyDigests.of([])}
    assert key_of(packed) == key_of(components) == text_digest(json.dumps(components, sort_keys=True))


def test_what_changed_among_many_is_named(many):
    now = {**FILES, "enterprises/é01000/a.csv": "other", "enterprises/é00000/0.csv": "new"}
    del now["enterprises/é02000/a.csv"]
    after = {"inputs": ManyDigests.of(sorted(now.items()))}
    (reason,) = changes({"inputs": many}, after)
    names = ("enterprises/é00000/0.csv", "enterprises/é01000/a.csv", "enterprises/é02000/a.csv")
    assert reason.names == names
    assert list(differences({"inputs": many}, after)) == [
        ("inputs", names[0], "", "new"),
        ("inputs", names[1], f"{1000:064x}", "other"),
        ("inputs", names[2], f"{2000:064x}", ""),
    ]
    assert changes({"inputs": FILES}, {"inputs": many}) == []
    (first,) = changes({"inputs": ManyDigests.of([])}, {"inputs": many})
    assert first.names == tuple(list(FILES)[:4])
    assert first.sentence("en").endswith("…")


def test_names_out_of_order_are_refused():
    with pytest.raises(ValueError, match="a does not stand behind b"):
        ManyDigests.of([("b", "1"), ("a", "2")])
    with pytest.raises(ValueError, match="b does not stand behind b"):
        ManyDigests.of([("a", "1"), ("b", "2"), ("b", "3")])


def test_what_is_not_plain_is_not_packed():
    with pytest.raises(TypeError, match="a set cannot be packed"):
        pack({"a": {1}})
    assert unpack(pack([[1, None]])) == [[1, None]]
