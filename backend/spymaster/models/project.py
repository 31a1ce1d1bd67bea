"""The models of a folder as read: headers, dependencies, order. Nothing is read twice."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from functools import cached_property
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

from spymaster.errors import ModelError
from spymaster.models import discover, graph, variables
from spymaster.models.discover import Source
from spymaster.models.header import Header
from spymaster.settings import Settings
from spymaster.warehouse import duck
from spymaster.warehouse.columns import Column, RawRelation, raw_relations

T = TypeVar("T")
CODE = ("features", "models", "warehouse")


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

    sql: Path
    settings: Settings
    models: dict[str, Model]
    """By relation, each after all that it reads."""
    audits: dict[str, Model]
    fresh: dict[str, str] = field(default_factory=dict)
    """What had to be parsed anew, for the ledger to remember."""
    bound: str = ""
    """What the ledger remembers once all of it was bound."""
    is_bound: bool = False

    @cached_property
    def upstream(self) -> dict[str, tuple[str, ...]]:
        """The relations each model reads."""
        return {name: model.upstream for name, model in self.models.items()}

    @cached_property
    def bare_names(self) -> dict[str, str]:
        """The name without a schema of each model."""
        return {name: model.bare_name for name, model in self.models.items()}

    @cached_property
    def raw(self) -> dict[str, RawRelation]:
        """Every relation that can land, as raw.<name>."""
        return {f"raw.{raw.name}": raw for raw in raw_relations(self.sql).values()}

    @cached_property
    def macros(self) -> dict[str, str]:
        """The ``create macro`` statements of every connection, rendered, by file."""
        from spymaster.models.template import duckdb_macros  # loads jinja2

        return duckdb_macros(self.sql)

    def is_written(self, model: Model) -> bool:
        """Whether every session leaves a partition of a model: by itself, or because it is kept."""
        return model.header.is_written or model.relation in self.settings.keep


def load(settings: Settings, sql: Path, parsed: dict[str, str]) -> Project:
    """Read the models below a folder, taking from ``parsed`` what was read before.

    Raises
    ------
    ModelError
        With one line for each file that cannot be read.
    """
    sql = sql.resolve()
    sources, audits = discover.find(sql)
    surroundings = _surroundings(settings, sql)
    keys = {
        _digest(f"{source.relation}\n{source.text}\n{surroundings}"): source
        for source in [*sources, *audits]
    }
    fresh = {key: source for key, source in keys.items() if key not in parsed}
    known = _read_anew(settings, sql, list(fresh.values())) | {
        source.relation: _from_json(source, parsed[key])
        for key, source in keys.items()
        if key in parsed
    }
    whole = _digest("\n".join([*sorted(keys), *settings.keep]))
    bound = _digest(f"bound {whole}")
    project = Project(
        sql,
        settings,
        _ordered({source.relation: known[source.relation] for source in sources}),
        {source.relation: known[source.relation] for source in audits},
        {key: _to_json(known[source.relation]) for key, source in fresh.items()},
        bound,
        bound in parsed,
    )
    _obey(project, whole, parsed)
    return project


def _read_anew(settings: Settings, sql: Path, sources: list[Source]) -> dict[str, Model]:
    if not sources:
        return {}
    from spymaster.models.reading import read  # loads jinja2 and sqlglot

    return read(settings, sql, sources)


def _obey(project: Project, key: str, parsed: dict[str, str]) -> None:
    """Check the rules between models, unless this very set is known to obey them."""
    if key not in parsed:
        from spymaster.models.rules import obey

        obey(project)
        project.fresh[key] = '"obeys the rules between models"'


def _ordered(models: dict[str, Model]) -> dict[str, Model]:
    names = graph.order({name: model.upstream for name, model in models.items()})
    return {name: models[name] for name in names if name in models}


def _surroundings(settings: Settings, sql: Path) -> str:
    """Return what, beside a template's own text, decides what reading it gives."""
    paths = [*discover.macros(sql), *discover.registries(sql)]
    texts = [f"{path.relative_to(sql)}\n{path.read_text(encoding='utf-8')}" for path in paths]
    settled = [f"{name} = {value}" for name, value in variables.of_settings(settings).items()]
    return _digest("\n".join([*texts, *settled, _code(), version("sqlglot"), duck.VERSION]))


def _code() -> str:
    """Return this program's own text, as far as it reads, renders and binds models."""
    package = Path(__file__).parents[1]
    paths = [path for part in CODE for path in sorted((package / part).glob("*.py"))]
    return _digest("\n".join(path.read_text(encoding="utf-8") for path in paths))


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _to_json(model: Model) -> str:
    return json.dumps({**asdict(model), "source": None})


def _from_json(source: Source, written: str) -> Model:
    read: dict[str, Any] = json.loads(written)
    header = read["header"]
    header["columns"] = tuple(Column(**column) for column in header["columns"])
    header["grain"] = tuple(header["grain"])
    return Model(
        source, Header(**header), read["digest"], tuple(read["uses"]), tuple(read["upstream"])
    )


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
