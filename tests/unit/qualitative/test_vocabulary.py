import pandas as pd
import pytest

from vises_methods.errors import InputError
from vises_methods.qualitative import reinert_classes, segment_terms

TEXTS = pd.DataFrame(
    {"document": ["d", "e"], "text": ["L’emploi, l'EMPLOI stable.\nAujourd'hui 3 mots.", "Werk. Emploi."]}
)


def test_words_are_folded_counted_and_placed():
    table = segment_terms(TEXTS, minimum=1)
    assert table["emploi"].tolist() == [2, 0, 1]
    assert table["aujourd'hui"].tolist() == [0, 1, 0]
    assert list(table.columns) == sorted(table.columns)
    assert table.index.tolist() == [("d", 0, 0, 26), ("d", 1, 27, 46), ("e", 0, 0, 13)]


def test_rare_short_and_stopped_words_are_left_out():
    assert list(segment_terms(TEXTS, minimum=2).columns) == ["emploi"]
    assert list(segment_terms(TEXTS, minimum=2, stopwords=["Emploi"]).columns) == []
    assert "mots" not in segment_terms(TEXTS, minimum=1, shortest=5)


def test_the_table_goes_to_reinert_and_back_to_the_text():
    text = "\n".join(["emploi salaire contrat"] * 6 + ["amitié voisin lien"] * 6)
    table = segment_terms(pd.DataFrame({"document": ["d"], "text": [text]}))
    result = reinert_classes(table, classes=2)
    assert result.estimates["segments"].tolist() == [6, 6]
    assert result.details["evidence"]["reference"].iloc[0].startswith("d:")


@pytest.mark.parametrize("options", [{"by": "character"}, {"minimum": 0}])
def test_wrong_options_are_errors(options):
    with pytest.raises(InputError):
        segment_terms(TEXTS, **options)
