"""Answer questions from the published catalog, read-only, beside builds and other readers."""

from __future__ import annotations

from spymaster.read.asking import Question, parameter, question_of
from spymaster.read.catalog import acceptances, describe, folded, tables
from spymaster.read.formats import TABLE_ROWS
from spymaster.read.query import BINARY, FORMATS, query, query_to_file
from spymaster.read.relation import Relation

__all__ = [
    "BINARY",
    "FORMATS",
    "TABLE_ROWS",
    "Question",
    "Relation",
    "acceptances",
    "describe",
    "folded",
    "parameter",
    "query",
    "query_to_file",
    "question_of",
    "tables",
]
