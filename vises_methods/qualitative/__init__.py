"""Approach 1, qualitative coding: from coded interviews to checked evidence."""

from vises_methods.qualitative.cases import code_by_case, negative_evidence
from vises_methods.qualitative.code_agreement import agreement_by_code
from vises_methods.qualitative.codebook import Code, Codebook
from vises_methods.qualitative.codebook_versions import Operation, apply_operations, carry_codings, compare_codebooks
from vises_methods.qualitative.combination import combine_codings
from vises_methods.qualitative.concordance import keyword_in_context
from vises_methods.qualitative.confidentiality import Confidentiality
from vises_methods.qualitative.cooccurrences import cooccurrence
from vises_methods.qualitative.correspondence import correspondence_analysis, multiple_correspondence_analysis
from vises_methods.qualitative.double_coding import double_coding_from_pilot, double_coding_size
from vises_methods.qualitative.exchange.project import CodedProject
from vises_methods.qualitative.exchange.reading import read_project
from vises_methods.qualitative.exchange.refi import read_qdc
from vises_methods.qualitative.exchange.refi_writing import write_qdc, write_qdpx
from vises_methods.qualitative.exchange.spreadsheets import read_codings, write_codings
from vises_methods.qualitative.exchange.transfer import carried_spans
from vises_methods.qualitative.frameworks import framework_matrix, quotes
from vises_methods.qualitative.gamma import gamma_agreement
from vises_methods.qualitative.identifiers import find_identifiers
from vises_methods.qualitative.prevalences import prevalence_effects
from vises_methods.qualitative.pseudonyms import Pseudonymised, pseudonymise, reidentify, suggest_pseudonyms
from vises_methods.qualitative.qca import calibrate, minimise, necessity, truth_table
from vises_methods.qualitative.reinert import reinert_classes
from vises_methods.qualitative.reliability import agreement
from vises_methods.qualitative.saturating import saturation
from vises_methods.qualitative.sets import set_agreement
from vises_methods.qualitative.settling import agreement_with_settled, next_to_settle
from vises_methods.qualitative.stripes import coder_continuum
from vises_methods.qualitative.unitization import units
from vises_methods.qualitative.unitizing import unitizing_alpha
from vises_methods.qualitative.vocabulary import segment_terms

__all__ = [
    "Code",
    "Codebook",
    "CodedProject",
    "Confidentiality",
    "Operation",
    "Pseudonymised",
    "agreement",
    "agreement_by_code",
    "agreement_with_settled",
    "apply_operations",
    "calibrate",
    "carried_spans",
    "carry_codings",
    "code_by_case",
    "coder_continuum",
    "combine_codings",
    "compare_codebooks",
    "cooccurrence",
    "correspondence_analysis",
    "double_coding_from_pilot",
    "double_coding_size",
    "find_identifiers",
    "framework_matrix",
    "gamma_agreement",
    "keyword_in_context",
    "minimise",
    "multiple_correspondence_analysis",
    "necessity",
    "negative_evidence",
    "next_to_settle",
    "prevalence_effects",
    "pseudonymise",
    "quotes",
    "read_codings",
    "read_project",
    "read_qdc",
    "reidentify",
    "reinert_classes",
    "saturation",
    "segment_terms",
    "set_agreement",
    "suggest_pseudonyms",
    "truth_table",
    "unitizing_alpha",
    "units",
    "write_codings",
    "write_qdc",
    "write_qdpx",
]
