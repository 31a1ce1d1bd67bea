"""The models of a folder, read: nothing twice by one process, or twice for one warehouse."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from spymaster import texts
from spymaster.definitions import discover, graph, searching, variables
from spymaster.definitions.discover import Source, label
from spymaster.definitions.header import Header
from spymaster.definitions.project import Model, Project
from spymaster.definitions.renderer import Renderer
from spymaster.definitions.searching import Searching
from spymaster.releases import release
from spymaster.settings import Settings
from spymaster.warehouse import duck
from spymaster.warehouse.columns import Column
from spymaster.warehouse.ledger import Ledger

CODE = ("book", "definitions", "features", "warehouse")
"""Parts of this program that read, render and bind models."""
_seen: dict[str, str] = {}
"""What this process read and checked, for the next warehouse that it opens."""


def load(settings: Settings, sql: Path, parsed: dict[str, str]) -> Project:
    """Read the models below a folder, taking from ``parsed`` what was read before.

    Raises
    ------
    ModelError
        With one line for each file that cannot be read.
    """
    renderer = Renderer(sql.resolve(), settings)
    sql = renderer.sql
    sources, audits = discover.find(sql)
    shared = _shared(sql)
    surroundings = _surroundings(settings, shared)
    keys = {
        _digest(f"{source.template}\n{source.text}\n{surroundings}"): source
        for source in [*sources, *audits]
    }
    _read_anew(renderer, {key: one for key, one in keys.items() if key not in parsed | _seen})
    known = {
        source.relation: _from_json(source, parsed.get(key) or _seen[key])
        for key, source in keys.items()
    }
    whole = _digest("\n".join([*sorted(keys), *settings.keep]))
    bound = _digest(f"bound {whole}")
    project = Project(
        renderer,
        _ordered({source.relation: known[source.relation] for source in sources}),
        {source.relation: known[source.relation] for source in audits},
        bound=bound,
        is_bound=bound in parsed | _seen,
    )
    _obey(project, whole, parsed | _seen)
    fresh = [key for key in (*keys, whole, bound) if key in _seen and key not in parsed]
    project.fresh.update({key: _seen[key] for key in fresh})
    if searching.is_there(sql):
        project.fresh.update(_searched(renderer, shared, parsed))
    return project


def search(settings: Settings, sql: Path, ledger: Ledger, session: date) -> Searching:
    """Return the SQL of a search in a session, as whoever built last has rendered it."""
    sql = sql.resolve()
    known = searching.key(sql, _renderings(searching.anyhow(settings), _shared(sql)))
    text = ledger.parsed_as(known) or searching.rendered(Renderer(sql, settings))
    return searching.searching(text, session, settings)


def note_bound(project: Project) -> dict[str, str]:
    """Note that all of a project binds; return it for the ledger to remember."""
    found = {project.bound: '"binds"'}
    _seen.update(found)
    return found


def _read_anew(renderer: Renderer, sources: dict[str, Source]) -> None:
    if not sources:
        return
    from spymaster.definitions.reading import read  # loads jinja2 and sqlglot

    found = read(renderer, list(sources.values()))
    _seen.update({key: _to_json(found[source.relation]) for key, source in sources.items()})


def _searched(renderer: Renderer, shared: str, parsed: dict[str, str]) -> dict[str, str]:
    """Return the texts of a search that the ledger does not know yet."""
    alike = _renderings(searching.anyhow(renderer.settings), shared)
    known = searching.key(renderer.sql, alike)
    if known in parsed:
        return {}
    if known not in _seen:
        _seen[known] = searching.rendered(renderer)
    return {known: _seen[known]}


def _obey(project: Project, key: str, known: dict[str, str]) -> None:
    """Check the rules between models, unless this very set is known to obey them."""
    if key not in known:
        from spymaster.definitions.rules import obey

        obey(project)
        _seen[key] = '"obeys the rules between models"'


def _ordered(models: dict[str, Model]) -> dict[str, Model]:
    names = graph.order({name: model.upstream for name, model in models.items()})
    return {name: models[name] for name in names if name in models}


def _surroundings(settings: Settings, shared: str) -> str:
    """Return what, beside a template's own text, decides what reading it gives."""
    return _digest("\n".join([_renderings(settings, shared), release("sqlglot"), duck.VERSION]))


def _renderings(settings: Settings, shared: str) -> str:
    """Return what, beside a template's own text, decides the SQL that it renders to."""
    settled = [f"{name} = {value}" for name, value in variables.of_settings(settings).items()]
    return _digest("\n".join([shared, *settled]))


def _shared(sql: Path) -> str:
    """Return a digest of what all templates of a folder are read with, whatever the settings."""
    paths = [*discover.macros(sql), *discover.registries(sql)]
    said = [f"{path.relative_to(sql)}\n{texts.read(path, label(sql, path))}" for path in paths]
    return _digest("\n".join([*said, _code()]))


@cache
def _code() -> str:
    """Return a digest of the code that decides what reading gives, as this process runs it."""
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
    header["columns"] = tuple(map(Column._make, header["columns"]))
    header["grain"] = tuple(header["grain"])
    return Model(
        source, Header(**header), read["digest"], tuple(read["uses"]), tuple(read["upstream"])
    )
