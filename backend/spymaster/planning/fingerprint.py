"""What the rows of a model in a session depend on, as 16 hex digits and as parts to compare.

Staging views and steps leave no partition, so a reader's fingerprint takes them apart:
their SQL and settings, and in the end partitions of other models and landed files.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import TypeAlias

from spymaster.definitions import variables
from spymaster.definitions.header import ALL_SESSIONS
from spymaster.definitions.project import Model, Project
from spymaster.planning import coverage
from spymaster.planning.sessions import Landed

Pair: TypeAlias = tuple[str, date]
"""A relation in a session."""
Parts: TypeAlias = dict[str, dict[str, str]]
"""What went into a fingerprint: sql, settings, upstream, lookback, landed."""


@dataclass(frozen=True)
class _Recipe:
    """What the fingerprints of a relation are made of in any session; names in order."""

    sql: str
    """Digest of its own query."""
    uses: tuple[str, ...]
    """Variables."""
    upstream: tuple[tuple[str, str | None], ...]
    """Partitions, and the digests of what is read through."""
    lookback: tuple[tuple[str, int], ...]
    landed: tuple[str, ...]
    """Raw relations."""


class Fingerprints:
    """Fingerprints of every relation and session of a project.

    Parameters
    ----------
    frozen : fingerprint or None by relation and session
        Pairs that stay as they are because they cannot be built now; None has no partition.
    """

    def __init__(
        self, project: Project, landed: Landed, frozen: Mapping[Pair, str | None] | None = None
    ) -> None:
        self._project = project
        self._landed = landed
        self._found: dict[Pair, str | None] = dict(frozen or {})
        self._variables: dict[date, dict[str, str]] = {}
        self._recipes: dict[str, _Recipe] = {}
        self._reach: dict[str, tuple[list[Model], list[str]]] = {}
        self._chains: dict[str, list[str]] = {}

    def of(self, relation: str, session: date) -> str | None:
        """Return the fingerprint of a model, an audit or the landed files of a raw relation."""
        pair = relation, session
        if pair not in self._found:
            self._found[pair] = self._compute(relation, session)
        return self._found[pair]

    def text(self, relation: str, session: date) -> str:
        """Return what goes into the fingerprint of a model or an audit: ``Parts`` as JSON.

        Spelled rather than encoded, since a plan asks for thousands: keys are in order, nothing
        stands between them, and names are identifiers.
        """
        recipe, of = self._recipe(relation), self.of
        settings = self._settings(session)
        landed = [f'"{name}":"{of(name, session) or ""}"' for name in recipe.landed]
        upstream = [
            f'"{name}":"{digest or of(name, session) or ""}"' for name, digest in recipe.upstream
        ]
        lookback = [part for one in recipe.lookback for part in self._behind(*one, session)]
        used = [settings[name] for name in recipe.uses]
        return (
            f'{{"landed":{{{",".join(landed)}}},"lookback":{{{",".join(lookback)}}},'
            f'"settings":{{{",".join(used)}}},"sql":{{"":"{recipe.sql}"}},'
            f'"upstream":{{{",".join(upstream)}}}}}'
        )

    def _behind(self, name: str, count: int, session: date) -> list[str]:
        """Return what is seen of earlier sessions; of all of them one digest, or a plan of many
        sessions would spell each of them in each."""
        if count == ALL_SESSIONS:
            return [f'"{name} of all before":"{self._chain(name, session)}"']
        return [
            f'"{name} of {earlier}":"{self.of(name, earlier) or ""}"'
            for earlier in self._landed.earlier(session, count)
        ]

    def _chain(self, name: str, session: date) -> str:
        """Return a digest of a relation in all sessions before one: that of the one before, and
        what it adds."""
        links = self._chains.setdefault(name, [""])
        earlier = self._landed.earlier(session, ALL_SESSIONS)
        while len(links) <= len(earlier):
            fingerprint = self.of(name, earlier[len(links) - 1])
            links.append(_digest(f"{links[-1]} {fingerprint}"))
        return links[len(earlier)]

    def reach(self, relation: str) -> tuple[list[Model], list[str]]:
        """Return the unwritten models a model reads through, and the partitions it ends at."""
        if relation not in self._reach:
            through: dict[str, Model] = {}
            sources: set[str] = set()
            readers = self._project.models | self._project.audits
            for name in readers[relation].upstream:
                upstream = self._project.models.get(name)
                if upstream is None or upstream.header.is_written:
                    sources.add(name)
                else:
                    deeper, ends = self.reach(name)
                    through |= {name: upstream} | {model.relation: model for model in deeper}
                    sources |= set(ends)
            self._reach[relation] = list(through.values()), sorted(sources)
        return self._reach[relation]

    def _compute(self, relation: str, session: date) -> str:
        if _is_raw(relation):
            files = self._landed.files(relation, session)
            return _digest("\n".join(f"{file.date} {file.file_id}" for file in files))
        return _digest(self.text(relation, session))

    def _recipe(self, relation: str) -> _Recipe:
        if relation not in self._recipes:
            model = self._project.models.get(relation) or self._project.audits[relation]
            through, sources = self.reach(relation)
            digests = {unwritten.relation: unwritten.digest for unwritten in through}
            lookback: dict[str, int] = {}
            for reader in (model, *through):
                for name, count in reader.header.lookback.items():
                    lookback[name] = max(count, lookback.get(name, 0))
            self._recipes[relation] = _Recipe(
                model.digest,
                tuple(sorted({name for reader in (model, *through) for name in reader.uses})),
                tuple(
                    (name, digests.get(name))
                    for name in sorted({*sources, *digests})
                    if not _is_raw(name)
                ),
                tuple(sorted(lookback.items())),
                tuple(filter(_is_raw, sources)),
            )
        return self._recipes[relation]

    def _settings(self, session: date) -> dict[str, str]:
        """Return each variable and its value as JSON, by its name."""
        if session not in self._variables:
            values = coverage.values(self._landed, session)
            self._variables[session] = {
                name: f'"{name}":{json.dumps(str(value))}' for name, value in values.items()
            }
        return self._variables[session]


def why(before: str, after: str) -> str:
    """Return in words what changed from one text to another."""
    old, now = _parts(before), _parts(after)
    changed = _changed(old["settings"], now["settings"], only_shared=True)
    settings = sorted(changed - set(variables.COVERAGE))
    found = [f"{_called(name)} changed" for name in settings]
    if old["sql"] != now["sql"] and not settings:
        found.insert(0, "SQL changed")
    for kind, words in (
        ("upstream", "upstream {} changed"),
        ("lookback", "upstream {} changed"),
        ("landed", "landed files of {} changed"),
    ):
        names = sorted(_changed(old[kind], now[kind]))
        found += [words.format(name.removeprefix("raw.")) for name in names]
    return ", ".join(found) or "SQL changed"


def _called(variable: str) -> str:
    if variable == "window_end_ns":
        return "the window's end (setting window_end, or what landed)"
    return f"setting {variables.SETTING_OF.get(variable, variable)}"


def _parts(text: str) -> Parts:
    found: Parts = json.loads(text)
    return found


def _changed(old: dict[str, str], new: dict[str, str], *, only_shared: bool = False) -> set[str]:
    names = old.keys() & new.keys() if only_shared else old.keys() | new.keys()
    return {name for name in names if old.get(name) != new.get(name)}


def _is_raw(relation: str) -> bool:
    return relation.startswith("raw.")


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]
