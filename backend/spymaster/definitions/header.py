"""The header of a model: YAML in the Jinja comment ``{#--- ... ---#}`` that starts the file."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from spymaster import texts
from spymaster.definitions.discover import BATCHES, INLINE, REPLAY, STEPS, Source
from spymaster.definitions.misfits import ALL, problems_of
from spymaster.errors import ModelError
from spymaster.warehouse.columns import Column, read_columns

COMMENT = re.compile(r"\A\s*\{#---[ \t]*\n(.*?)---#\}", re.DOTALL)
COARSE = {"session", "root", "kind", "level_id", "known_at"}
"""A published relation whose grain has no other column has a few rows a session: it is a real
table in the catalog, so that questions about it open no file. So is one that says ``searched``."""
RECORD = "seq"
"""A published relation with this in its grain is as long as the raw day: it leaves a partition
only where the settings keep it."""
ALL_SESSIONS = 1_000_000
"""As how many it counts that every earlier session is seen."""
HORIZON = "horizon"
"""What ``as_of`` says of rows that know what came after them."""


@dataclass(frozen=True)
class Header:
    """What a model promises."""

    doc: str
    grain: tuple[str, ...] = ()
    """Columns that tell rows apart."""
    as_of: str = ""
    """The column, or the moment in words, before which all was received that a row knows."""
    columns: tuple[Column, ...] = ()
    """As written: what is its own; of a model that was read, all that its query gives."""
    lookback: dict[str, int] = field(default_factory=dict)
    """How many earlier sessions of an upstream are seen beside the current one."""
    materialize: str = "partition"
    """What becomes of its rows: view (over all sessions), step (a table inside a build), inline (a
    view inside a build), kept (the same, and a file where the settings say so), partition (a file
    per session), table (the same, and a real table in the catalog), replay (what the compiled
    replay gives, never whole), batches (a step made of each batch of that)."""
    constants: dict[str, str] = field(default_factory=dict)
    """Queries of one value each, asked before; the model reads the values by ``getvariable``."""
    replay: dict[str, str] = field(default_factory=dict)
    """Of what the compiled replay makes of the records that the query gives: ``gives``, one of
    ``book.relations.GIVES``, and ``grid``, the relation of what it counts in."""
    slices: str = ""
    """Query of about how many rows a bucket has, where none knows of another: it is made some
    buckets at a time where memory would not hold a session's."""
    bare_name: str = ""
    """What it also answers to in the catalog, without a schema; empty for its table name."""

    @property
    def is_written(self) -> bool:
        """Whether every session leaves a partition."""
        return self.materialize in ("partition", "table")

    @property
    def looks_forward(self) -> bool:
        """Whether a row knows what came after it."""
        return self.as_of == HORIZON

    @property
    def is_view(self) -> bool:
        """Whether its rows are computed anew by each reader."""
        return self.materialize in ("view", "inline", "kept")

    @property
    def is_inner(self) -> bool:
        """Whether it lives inside a build only, and no catalog shows it."""
        return self.materialize in ("step", "inline", "replay", "batches")


def read_header(source: Source) -> Header:
    """Return what the header of a model or audit says.

    Raises
    ------
    ModelError
        Naming file and line, with one line per problem.
    """
    written, lines = _composed(source)
    problems = problems_of(source, written, lines)
    if problems:
        raise ModelError("\n".join(f"{source.label}:{problem}" for problem in problems))
    return _header(source, written)


def line_of_key(source: Source, key: str) -> int:
    """Return the line on which a header has a key."""
    return _composed(source)[1][key]


def line_of(source: Source, column: str) -> int:
    """Return the line on which a header describes a column, 1 where it does not."""
    line = re.search(rf"^\s+{re.escape(column)}\s*:", source.text, re.MULTILINE)
    return source.text.count("\n", 0, line.end()) + 1 if line else 1


def compose(name: str, text: str, above: int) -> tuple[dict[str, Any], dict[str, int]]:
    """Return what a YAML mapping says and the line of each key.

    Parameters
    ----------
    name : str
        How errors call the file.
    above : int
        Lines of the file before the text.
    """
    node, written = texts.parse(name, text, above)
    if node is None or not isinstance(written, dict):
        raise ModelError(f"{name}:{above + 1}: expected keys and values")
    return written, {key.value: above + key.start_mark.line + 1 for key, _ in node.value}


def _composed(source: Source) -> tuple[dict[str, Any], dict[str, int]]:
    found = COMMENT.match(source.text)
    if found is None:
        raise ModelError(f"{source.label}:1: expected a header {{#--- ... ---#}} at the start")
    return compose(source.label, found.group(1), source.text.count("\n", 0, found.start(1)))


def _header(source: Source, written: dict[str, Any]) -> Header:
    grain = tuple(written.get("grain", ()))
    return Header(
        doc=" ".join(str(written["doc"]).split()),
        grain=grain,
        as_of=str(written.get("as_of", "")),
        columns=read_columns(written.get("columns") or {}),
        lookback={
            relation: ALL_SESSIONS if count == ALL else count
            for relation, count in (written.get("lookback") or {}).items()
        },
        materialize=_materialize(source, grain, is_searched=bool(written.get("searched"))),
        constants=dict(written.get("constants") or {}),
        replay=dict(written.get("replay") or {}),
        slices=str(written.get("slices", "")),
        bare_name=str(written.get("bare_name", "")),
    )


def _materialize(source: Source, grain: tuple[str, ...], *, is_searched: bool) -> str:
    """Return what becomes of a model's rows, by its folder and, if published, by its grain."""
    inner = {"staging": "view", STEPS: "step"} | {name: name for name in (INLINE, REPLAY, BATCHES)}
    if source.folder in inner:
        return inner[source.folder]
    if RECORD in grain:
        return "kept"
    return "table" if is_searched or COARSE.issuperset(grain) else "partition"
