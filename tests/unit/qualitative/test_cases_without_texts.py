"""An enterprise that has collected no text yet is a case like any other: a reason, never a crash."""

import pandas as pd

from vises_methods.qualitative import code_by_case, saturation
from vises_methods.synthesis import final_coding

TEXTS = pd.DataFrame({name: pd.Series(dtype="str") for name in ("document", "text", "coders", "stakeholder_group")})
CODINGS = pd.DataFrame(
    {
        **{name: pd.Series(dtype="str") for name in ("document", "coder", "code", "valence", "strength")},
        **{name: pd.Series(dtype="int64") for name in ("start", "end")},
    }
)


def test_no_text_gives_a_coding_without_rows_and_a_reason():
    coding = final_coding(CODINGS, TEXTS.assign(adjudicated=pd.Series(dtype="bool")), CODINGS.assign(decision=None))
    assert coding.empty
    result = code_by_case(coding, TEXTS, by="stakeholder_group")
    assert result.not_estimable is not None
    assert result.not_estimable.code == "qualitative.reasons.no_codings"
    assert saturation(coding, TEXTS).not_estimable is not None
