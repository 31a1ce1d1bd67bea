"""What is known of the models of a folder: headers, dependencies, order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from spymaster.definitions.discover import Source
from spymaster.definitions.header import Header
from spymaster.definitions.renderer import Renderer
from spymaster.errors import ModelError
from spymaster.settings import Settings
from spymaster.warehouse.columns import Column, RawRelation, raw_relations

T = TypeVar("T")


@dataclass(frozen=True)
class Model:
    """One model or audit as read."""

    source: Source
    header: Header
    digest: str
    """Of the SQL it renders to in the probe session, without layout and comments; where it calls
    DuckDB macros, of those too."""
    uses: tuple[str, ...]
    """Variables it prints, itself or through macros."""
    upstream: tuple[str, ...]
    """Relations it reads, as schema.table."""

    @property
    def relation(self) -> str:
        """schema.table."""
        return self.source.relation

    @property
    def bare_name(self) -> str:
        """The name without a schema by which the catalog also knows it."""
        return self.header.bare_name or self.relation.split(".")[1]


@dataclass(frozen=True)
class Project:
    """All models and audits of a folder, and the variables they are rendered with."""

    renderer: Renderer
    models: dict[str, Model]
    """By relation, each after all that it reads."""
    audits: dict[str, Model]
    fresh: dict[str, str] = field(default_factory=dict)
    """What the ledger does not know yet, for it to remember."""
    bound: str = ""
    """What the ledger remembers once all of it was bound."""
    is_bound: bool = False

    @property
    def sql(self) -> Path:
        """Folder of the models."""
        return self.renderer.sql

    @property
    def settings(self) -> Settings:
        """What the models are rendered with."""
        return self.renderer.settings

    @cached_property
    def upstream(self) -> dict[str, tuple[str, ...]]:
        """The relations each model reads."""
        return {name: model.upstream for name, model in self.models.items()}

    @cached_property
    def replays(self) -> dict[str, Model]:
        """What the compiled replay gives, by relation."""
        return {name: model for name, model in self.models.items() if model.header.replay}

    @cached_property
    def batched(self) -> frozenset[str]:
        """Relations that are made of each batch of what a replay gives."""
        replays = self.replays.keys()
        return frozenset(n for n, read in self.upstream.items() if not replays.isdisjoint(read))

    @cached_property
    def bare_names(self) -> dict[str, str]:
        """The name without a schema of each model."""
        return {name: model.bare_name for name, model in self.models.items()}

    @cached_property
    def raw(self) -> dict[str, RawRelation]:
        """Every relation that can land, as raw.<name>."""
        return {f"raw.{raw.name}": raw for raw in raw_relations(self.sql).values()}

    @cached_property
    def columns(self) -> dict[str, tuple[Column, ...]]:
        """The columns that each raw relation and each model promises."""
        promised = {name: raw.columns for name, raw in self.raw.items()}
        return promised | {name: model.header.columns for name, model in self.models.items()}

    @cached_property
    def written(self) -> frozenset[str]:
        """Relations of which every session leaves a partition: by itself, or because it is kept."""
        by_itself = {name for name, model in self.models.items() if model.header.is_written}
        return frozenset(by_itself | (self.models.keys() & set(self.settings.keep)))


def collect(calls: list[Callable[[], T]]) -> list[T]:
    """Return what every call gives, or raise all their errors as one.

    Raises
    ------
    ModelError
        With the lines of every call that failed.
    """
    results, problems = [], []
    for call in calls:
        try:
            results.append(call())
        except ModelError as error:
            problems.append(str(error))
    if problems:
        raise ModelError("\n".join(problems))
    return results
