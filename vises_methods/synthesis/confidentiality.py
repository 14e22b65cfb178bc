"""What of an enterprise's interviews may be told by code, as its study's privacy settings and its consents say."""

from __future__ import annotations

from vises_methods.qualitative import Confidentiality
from vises_methods.study import Enterprise, quotable


def confidentiality(case: Enterprise, /, *, by: str = "stakeholder_group") -> Confidentiality:
    """Return what the tables of approach 1 need to keep small counts of people to themselves.

    A text may be quoted when its access allows it and everyone who speaks in it agreed; such a text is told in full.
    Persons whose words may not be quoted are told of only where at least ``privacy.minimum_cell`` of them stand
    together.

    Parameters
    ----------
    case : Enterprise
    by : str
        The column of the documents whose groups the tables are by.

    Returns
    -------
    Confidentiality

    Examples
    --------
    >>> from vises_methods.study import open_enterprise
    >>> sorted(confidentiality(open_enterprise("demo", "kilowatt-coquelicot")).set_aside)
    ['k3-capucine']
    """
    minimum = case.study.privacy.minimum_cell
    return Confidentiality.of(case.documents, minimum=minimum, quotable=quotable(case), persons="persons", by=by)
