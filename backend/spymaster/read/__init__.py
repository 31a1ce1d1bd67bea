"""Answer questions from the published catalog, read-only, beside builds and other readers."""

from __future__ import annotations

from spymaster.read.catalog import Relation, acceptances, describe, tables
from spymaster.read.formats import TABLE_ROWS
from spymaster.read.query import BINARY, FORMATS, Question, query, question_of

__all__ = [
    "BINARY",
    "FORMATS",
    "TABLE_ROWS",
    "Question",
    "Relation",
    "acceptances",
    "describe",
    "query",
    "question_of",
    "tables",
]
