"""The corrections of a social return on investment."""

import numpy as np
import pandas as pd
import pytest

from vises_methods.catalogue import LANGUAGES
from vises_methods.errors import InputError
from vises_methods.outcomes import ancova, paired_change, sroi_corrections

BEFORE, AFTER = [2.0, 3, 4, 5, 4], [4.0, 4, 7, 8, 6]


def judged(**shares):
    rows = [(name, share, max(0, share - 0.1), min(1, share + 0.1), "partners, 2024") for name, share in shares.items()]
    return pd.DataFrame(rows, columns=["correction", "share", "low", "high", "source"])


def codes(result):
    return {notice.code.rsplit(".", 1)[1] for notice in result.notices if ".corrections." in notice.code}


def test_each_correction_takes_its_share_of_what_the_others_left():
    """Sixteen memberships, 10 % of them anyway and 35 % by others: 16 x 0.9 x 0.65 = 9.36."""
    joined = paired_change(np.zeros(16), 16 + np.linspace(-1, 1, 16))
    found = sroi_corrections(joined, judged(deadweight=0.10, attribution=0.35))
    assert found.value == pytest.approx(9.36)
    assert found.details["steps"]["estimate"].tolist() == pytest.approx([14.4, 9.36])
    assert codes(found) == {"judgements", "no_displacement"}


def test_drop_off_takes_from_what_was_left_the_year_before():
    change = paired_change(BEFORE, AFTER)
    found = sroi_corrections(change, judged(deadweight=0.2, displacement=0, attribution=0, drop_off=0.5), years=3)
    assert found.estimates["estimate"].tolist() == pytest.approx([2.2 * 0.8 * half for half in (1, 0.5, 0.25)])
    assert found.estimates["subject"].tolist() == ["1", "2", "3"]
    assert codes(found) == {"judgements"}


def test_the_limits_hold_the_interval_and_every_range_at_once():
    change = paired_change(BEFORE, AFTER)
    row = sroi_corrections(change, judged(deadweight=0.2, attribution=0.3)).estimates.iloc[0]
    plain = change.estimates[change.estimates["measure"] == "change"].iloc[0]
    assert row["low"] == pytest.approx(plain["low"] * 0.7 * 0.6)
    assert row["high"] == pytest.approx(plain["high"] * 0.9 * 0.8)
    falls = sroi_corrections(paired_change(AFTER, BEFORE), judged(deadweight=0.2)).estimates.iloc[0]
    assert (falls["low"], falls["high"]) == pytest.approx((-plain["high"] * 0.9, -plain["low"] * 0.7))


def test_a_comparison_has_its_deadweight_taken_off_already():
    frame = pd.DataFrame({"arm": [1, 1, 1, 0, 0, 0], "y": [3, 5, 6, 2, 2, 4.0]})
    compared = ancova(frame, "y")
    found = sroi_corrections(compared, judged(displacement=0.5))
    assert found.value == pytest.approx(compared.value / 2)
    assert codes(found) == {"judgements", "compared", "no_attribution"}
    assert all(notice.sentence(lang) for notice in found.notices for lang in LANGUAGES)
    with pytest.raises(InputError, match="deadweight"):
        sroi_corrections(compared, judged(deadweight=0.1))


@pytest.mark.parametrize(
    ("changed", "options"),
    [
        ({"correction": "luck"}, {}),
        ({"share": 1.2}, {}),
        ({"low": 0.4}, {}),
        ({"share": "some"}, {}),
        ({"share": np.nan}, {}),
        ({"source": " "}, {}),
        ({"source": None}, {}),
        ({}, {"years": 0}),
        ({}, {"years": 1.5}),
    ],
)
def test_what_cannot_be_a_correction_is_refused(changed, options):
    with pytest.raises(InputError):
        sroi_corrections(paired_change(BEFORE, AFTER), judged(deadweight=0.2).assign(**changed), **options)


def test_a_correction_is_given_once_and_as_a_table():
    for wrong in (pd.concat([judged(deadweight=0.2)] * 2), {"deadweight": 0.2}, judged(deadweight=0.2).iloc[:0]):
        with pytest.raises(InputError):
            sroi_corrections(paired_change(BEFORE, AFTER), wrong)


def test_what_was_not_estimated_is_not_corrected():
    found = sroi_corrections(paired_change([1.0], [2.0]), judged(deadweight=0.2), years=2)
    assert found.not_estimable is not None
    assert found.estimates["estimate"].isna().all()
    assert len(found.estimates) == 2
