import numpy as np
import pandas as pd
import pytest

from vises_methods.errors import InputError
from vises_methods.qualitative import reinert_classes


def texts(seed=0, size=30):
    """Three kinds of segments, each with four words of its own, and six words that all use."""
    draws = np.random.default_rng(seed)
    blocks = []
    for kind in range(3):
        chance = np.full(18, 0.1)
        chance[4 * kind : 4 * kind + 4] = 0.7
        chance[12:] = 0.4
        blocks.append(draws.random((size, 18)) < chance)
    index = pd.MultiIndex.from_tuples(
        [("d", i, 10 * i, 10 * i + 9) for i in range(3 * size)], names=["document", "unit", "start", "end"]
    )
    return pd.DataFrame(np.vstack(blocks).astype(int), index=index, columns=[f"w{i}" for i in range(18)])


def test_planted_classes_are_found_with_their_words():
    result = reinert_classes(texts(), classes=3)
    assert result.estimates["segments"].tolist() == pytest.approx([30, 30, 30], abs=5)
    words = result.details["words"]
    for number in range(3):
        typical = set(words[words["class"] == number + 1].head(4)["word"])
        assert typical == {f"w{i}" for i in range(4 * number, 4 * number + 4)}


def test_evidence_leads_to_the_segments_the_most_typical_first():
    evidence = reinert_classes(texts(), classes=3).details["evidence"]
    first = evidence[evidence["class"] == 1]
    assert first["typicality"].is_monotonic_decreasing
    assert evidence["reference"].is_unique
    assert evidence["reference"].iloc[0].startswith("d:")


def test_counts_are_taken_as_presence_and_the_order_of_segments_changes_nothing():
    table = texts()
    shuffled = (table * 3).sample(frac=1, random_state=4)
    first, second = (sorted(reinert_classes(t, classes=3).estimates["segments"]) for t in (table, shuffled))
    assert first == second


def test_no_class_is_smaller_than_asked():
    assert len(reinert_classes(texts(), classes=9, minimum_segments=25).estimates) <= 3


def test_segments_without_words_belong_to_no_class():
    table = texts()
    table.iloc[0] = 0
    result = reinert_classes(table, classes=3)
    assert result.estimates["coverage"].iloc[0] == pytest.approx(89 / 90)
    assert len(result.details["evidence"]) == 89


def test_segments_that_do_not_differ_have_a_reason():
    same = pd.DataFrame(np.ones((12, 4)))
    assert reinert_classes(same).not_estimable.code == "qualitative.reasons.no_classes"


@pytest.mark.parametrize(("table", "options"), [(pd.DataFrame(), {}), (texts(), {"classes": 1})])
def test_wrong_input_is_an_error(table, options):
    with pytest.raises(InputError):
        reinert_classes(table, **options)
