"""What another notebook published is read by name, and only what is asked for."""

import pandas as pd
import pytest

from vises_methods.results import Result
from vises_methods.synthesis.published import Published


def test_results_are_read_when_they_are_asked_for():
    whole = Result("m", "r", pd.DataFrame({"measure": ["m"], "subject": ["s"], "estimate": [1.0]}))
    found = Published({"whole": whole.to_json(), "torn": {}})
    assert (list(found), len(found), "torn" in found, "other" in found) == (["whole", "torn"], 2, True, False)
    assert found["whole"].value == 1.0
    assert found["whole"] is found["whole"]
    assert repr(found) == "Published(whole, torn)"
    with pytest.raises(KeyError, match="not_estimable"):
        found["torn"]
    with pytest.raises(KeyError, match="other"):
        found["other"]
