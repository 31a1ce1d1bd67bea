"""Answer questions from the published catalog, read-only, beside builds and other readers."""

from __future__ import annotations

from spymaster.read.catalog import Relation, describe, tables
from spymaster.read.query import BINARY, FORMATS, query, sql_of

__all__ = ["BINARY", "FORMATS", "Relation", "describe", "query", "sql_of", "tables"]
