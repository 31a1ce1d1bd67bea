"""What the site says beside relations: macros, settings and questions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

from spymaster.operations import Inventory, MacroFile
from spymaster.read.questions import QUESTIONS
from spymaster.settings import ABOUT, PREFIX, Settings
from spymaster.settings import written as toml

MACRO = re.compile(
    r"(?P<comment>(?:^--[^\n]*\n)*)^create or replace macro (?P<name>\w+)(?P<takes>\([^)]*\))\s+as"
    r"\s+(?P<body>.*?);$",
    re.MULTILINE | re.DOTALL,
)
HEAD = re.compile(r"\A\s*(?:\{#-?(?P<block>.*?)-?#\}|(?P<lines>(?:^--[^\n]*\n)+)\n)", re.S | re.M)
"""What a file of macros says of them all."""
WRITTEN = Path(__file__).with_name("questions.yml")


@dataclass(frozen=True)
class Macro:
    """A function that every query on the catalog may call."""

    name: str
    takes: str
    """Its parameters, in brackets."""
    says: str
    """The comment above it, empty where it has none."""
    body: str


@dataclass(frozen=True)
class Group:
    """The macros of one file."""

    path: str
    says: tuple[str, ...]
    """Paragraphs."""
    macros: tuple[Macro, ...]


@dataclass(frozen=True)
class Setting:
    """A key of ``spymaster.toml``."""

    name: str
    variable: str
    """Of the environment."""
    default: str
    meaning: str


@dataclass(frozen=True)
class Question:
    """Something to ask the catalog."""

    asks: str
    sql: str
    about: tuple[str, ...]
    """The relations that it reads, as schema.table."""


def macros(files: Iterable[MacroFile]) -> list[Group]:
    """Return the macros of the catalog by file."""
    found = []
    for file in files:
        said = HEAD.match(file.written)
        head = (said["block"] or _uncommented(said["lines"])) if said else ""
        paragraphs = tuple(" ".join(part.split()) for part in head.split("\n\n") if part.strip())
        found.append(Group(file.path, paragraphs, tuple(_defined(file.sql))))
    return found


def _defined(text: str) -> Iterator[Macro]:
    for said in MACRO.finditer(text):
        comment = " ".join(_uncommented(said["comment"]).split())
        yield Macro(said["name"], said["takes"], comment, said["body"])


def _uncommented(comment: str) -> str:
    return "\n".join(line.removeprefix("--").strip() for line in comment.splitlines())


def settings() -> list[Setting]:
    """Return every setting in the order of its definition, with what its field says."""
    return [
        Setting(
            key,
            f"{PREFIX}{key.upper()}",
            toml(getattr(Settings, key)) or "none",
            about.doc,
        )
        for key, about in ABOUT.items()
    ]


def questions(found: Inventory) -> list[Question]:
    """Return the demo's questions and those written for the site, as far as the models go."""
    import yaml

    written: dict[str, str] = yaml.safe_load(WRITTEN.read_text(encoding="utf-8"))
    asked = [
        Question(asks, dedent(sql).strip(), found.read_by(sql))
        for asks, sql in (QUESTIONS | written).items()
    ]
    return [question for question in asked if found.relations.keys() >= set(question.about)]


def first_look(name: str, columns: list[str]) -> Iterator[str]:
    """Yield the lines of a query for a relation's latest rows."""
    yield f"select *\nfrom {name}"
    if "session" in columns:
        yield f"where session = (select max(session) from {name})"
    if "bucket_end" in columns:
        yield "order by bucket_end desc"
    yield "limit 20"
