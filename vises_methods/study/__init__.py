"""What is evaluated: opening, reading and checking a study, its templates and its data dictionary.

The names are loaded when first used: listing a study's enterprises then needs no pandas.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vises_methods.study.check import StudyCheck, check_study
    from vises_methods.study.data_dictionary import dictionary, write_dictionaries
    from vises_methods.study.datapackage import write_datapackage
    from vises_methods.study.enterprise import Enterprise, open_enterprise
    from vises_methods.study.listing import enterprise_table
    from vises_methods.study.opening import (
        EnterpriseCard,
        Privacy,
        Study,
        available_studies,
        enterprise_names,
        open_study,
    )
    from vises_methods.study.places import can_be_written, data_root, outputs_root, project_root, reference_root
    from vises_methods.study.privacy import quotable
    from vises_methods.study.simulation.making import simulate_study
    from vises_methods.study.starting import new_enterprise, new_study
    from vises_methods.study.weights_reading import GivenWeights, read_weights_workbook, take_weights
    from vises_methods.study.weights_workbook import write_weights_workbook
    from vises_methods.study.withdrawal import items
    from vises_methods.study.workbook import write_templates

_HOMES = {
    "Enterprise": "enterprise",
    "EnterpriseCard": "opening",
    "GivenWeights": "weights_reading",
    "Privacy": "opening",
    "Study": "opening",
    "StudyCheck": "check",
    "available_studies": "opening",
    "can_be_written": "places",
    "check_study": "check",
    "data_root": "places",
    "enterprise_names": "opening",
    "enterprise_table": "listing",
    "dictionary": "data_dictionary",
    "items": "withdrawal",
    "new_enterprise": "starting",
    "new_study": "starting",
    "open_enterprise": "enterprise",
    "open_study": "opening",
    "outputs_root": "places",
    "project_root": "places",
    "quotable": "privacy",
    "read_weights_workbook": "weights_reading",
    "reference_root": "places",
    "simulate_study": "simulation.making",
    "take_weights": "weights_reading",
    "write_datapackage": "datapackage",
    "write_dictionaries": "data_dictionary",
    "write_templates": "workbook",
    "write_weights_workbook": "weights_workbook",
}

__all__ = [
    "Enterprise",
    "EnterpriseCard",
    "GivenWeights",
    "Privacy",
    "Study",
    "StudyCheck",
    "available_studies",
    "can_be_written",
    "check_study",
    "data_root",
    "dictionary",
    "enterprise_names",
    "enterprise_table",
    "items",
    "new_enterprise",
    "new_study",
    "open_enterprise",
    "open_study",
    "outputs_root",
    "project_root",
    "quotable",
    "read_weights_workbook",
    "reference_root",
    "simulate_study",
    "take_weights",
    "write_datapackage",
    "write_dictionaries",
    "write_templates",
    "write_weights_workbook",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
