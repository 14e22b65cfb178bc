"""With too few enterprises nothing moves together yet: the figure says so, and so do its words."""

import pandas as pd
import pytest

from vises_methods.catalogue import LANGUAGES, text
from vises_methods.indicators import IndicatorTree, audit
from vises_methods.plots import sibling_correlations

TREE = IndicatorTree.from_frame(pd.DataFrame({"code": ["i", "a", "b"], "parent": [None, "i", "i"]}))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_two_enterprises_are_too_few(lang):
    result = audit(pd.DataFrame({"a": [1.0, 2.0], "b": [2.0, 1.0]}, index=["u", "v"]), TREE)
    told = text("plots.sibling_correlations.nothing", lang)
    axes = sibling_correlations.plot(result, lang=lang)
    assert [words.get_text().replace("\n", " ") for words in axes.texts] == [told]
    assert sibling_correlations.alt_text(result, lang) == told
