"""Rows in place of relations, what lies between built, then asked: models without a warehouse.

Cases of a model, tests, and buckets that are computed before their session has landed all need the
SQL of a session build on rows of their own. It is one thing, so that what they show is what a build
gives: same order, same macros, same form of each relation, same way of looking back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spymaster.book.passage import Passage, ReaderError
from spymaster.building.given import Rows, fill, insert
from spymaster.building.hands import Hands, Wire
from spymaster.building.views import Views
from spymaster.building.wiring import wires
from spymaster.definitions import graph
from spymaster.definitions.binding import prepare
from spymaster.definitions.project import Model, Project
from spymaster.definitions.replays import passage_of
from spymaster.errors import DataError, ModelError
from spymaster.warehouse import duck, statements
from spymaster.warehouse.relations import create, rows_of

if TYPE_CHECKING:
    from spymaster.definitions.template import Templates


class Sandbox:
    """A private database of one session, built anew from each set of rows.

    Parameters
    ----------
    templates : Templates
        The project's, of the session.
    ends : iterable of str
        Relations to build, with all they are made of down to what is given and raw.
    spill : Path
        Folder for what memory does not hold.
    given : iterable of str
        Models whose rows are given instead of built; no rows until then, as in raw relations.
    threads : int
        Of the database.
    side_by_side : int
        Models that are built at a time.
    """

    def __init__(
        self,
        project: Project,
        templates: Templates,
        ends: Iterable[str],
        spill: Path,
        *,
        given: Iterable[str] = (),
        threads: int = 1,
        side_by_side: int = 1,
    ) -> None:
        self._project = project
        cut = {*given, *project.raw}
        upstream = {name: () if name in cut else above for name, above in project.upstream.items()}
        reached = graph.ancestors(upstream, ends)
        self._models = [project.models[name] for name in project.models if name in reached - cut]
        self.at(templates)
        self._earlier: set[str] = set()
        self._seen: dict[str, dict[str, str]] = {}
        self._views = Views()
        self.connection = duck.in_memory(spill, threads=threads)
        prepare(self.connection, project)
        self._hands = Hands(self.connection, side_by_side, threads)
        self._wires = wires(self._models)
        self.connection.execute(statements.schemas((), "built"))
        for name in sorted(reached & cut):
            self.empty(name)

    @property
    def relations(self) -> list[str]:
        """What is built, each after all that it is made of."""
        return [model.relation for model in self._models]

    def give(self, relation: str, rows: Rows) -> None:
        """Let a relation have these rows and no others.

        Raises
        ------
        ModelError
            If the rows do not fit the relation's columns.
        """
        self._fill(relation, statements.built(relation), rows)
        self._views.show(self.connection, relation)

    def add(self, relation: str, rows: Rows) -> None:
        """Let a relation have these rows too, behind those that it was given."""
        insert(self.connection, statements.built(relation), rows, relation)

    def empty(self, relation: str) -> None:
        """Let a relation have no rows, as if nothing had landed."""
        self.give(relation, statements.empty(self._project.columns[relation]))

    def give_earlier(self, relation: str, rows: Rows) -> None:
        """Let a relation have these rows of earlier sessions, for whoever looks back at it."""
        self._fill(relation, _earlier(relation), rows)
        self._earlier.add(relation)

    def at(self, templates: Templates, others: Mapping[str, Templates] | None = None) -> None:
        """Let models be as templates say, some of them as others say, from the next build on."""
        given = dict.fromkeys((model.relation for model in self._models), templates)
        self._templates = given | dict(others or {})
        self._queries = {
            model.relation: self._templates[model.relation].render(model.source.template)
            for model in self._models
        }
        self._passage = passage_of(
            self._models, lambda model: self._queries[model.relation], statements.built
        )

    def let_show(self, relation: str, query: str) -> None:
        """Let a relation show a query's rows, from when it is built next, to all who do not see
        it otherwise.
        """
        self._views.let(relation, query)

    def see(self, reader: str, relation: str, query: str) -> None:
        """Let a relation show a query's rows whenever one of its readers is built."""
        self._seen.setdefault(reader, {})[relation] = query

    def checkpoint(self, place: Path | None, scratch: Path | None) -> None:
        """Let the replay go on from a checkpoint, and leave one where scratch is given."""
        if self._passage:
            self._passage = replace(self._passage, checkpoint=place, scratch=scratch)

    def build(self, *, up_to: str | None = None, only: Collection[str] | None = None) -> Sandbox:
        """Build everything from the rows that are given, what comes up to one relation, or some.

        Raises
        ------
        ModelError
            Naming the place in the model that fails.
        """
        jobs = list(self._jobs(up_to, only))
        for job, _ in self._hands.work(jobs, self._build):
            if job.model.header.is_view:  # whoever asks has views expanded on this connection
                for statement in job.wire.constants:
                    self.connection.execute(statement)
        return self

    def creations(self) -> Iterator[tuple[str, str]]:
        """Yield each relation with the statements that build it, for who wants to time them."""
        for model in self._models:
            created = f"create {self._form(model)} as {self._queries[model.relation]}"
            shown = (
                ""
                if model.header.is_view
                else statements.view(model.relation, self._views.usual(model.relation))
            )
            yield model.relation, f"{created};\n{shown}"

    def ask(self, query: str) -> list[dict[str, Any]]:
        """Return the rows of a query by column name."""
        return rows_of(self.connection, query)

    def close(self) -> None:
        """Let the database go."""
        self._hands.close()
        self.connection.close()

    def _jobs(self, up_to: str | None, only: Collection[str] | None) -> Iterator[_Job]:
        for model in self._models:
            name = model.relation
            if name in self._wires and (only is None or name in only):
                earlier = self._earlier.intersection(graph.widened(self._project, model))
                sees = {leaf: self._with_earlier(leaf) for leaf in earlier}
                yield _Job(model, self._wires[name], sees | self._seen.get(name, {}))
            if name == up_to:
                break

    def _with_earlier(self, leaf: str) -> str:
        return f"{self._views.usual(leaf)} union all by name select * from {_earlier(leaf)}"

    def _fill(self, relation: str, table: str, rows: Rows) -> None:
        fill(self.connection, table, self._project.columns[relation], rows, relation)

    def _build(self, connection: duck.Connection, job: _Job) -> None:
        model = job.model
        for statement in job.wire.constants:
            connection.execute(statement)
        if self._passage and model.header.replay:
            self._replay(connection, self._passage)
            return
        if self._passage and model.relation in self._project.batched:
            self._views.show(connection, model.relation)
            return
        for leaf, query in job.sees.items():
            self._views.show(connection, leaf, query)
        wrong = create(connection, self._form(model), self._queries[model.relation])
        if wrong:
            raise self._wrong(model, *wrong)
        for leaf in job.sees:
            self._views.show(connection, leaf)
        if not model.header.is_view:
            self._views.show(connection, model.relation)

    def _replay(self, connection: duck.Connection, passage: Passage) -> None:
        """Make the tables of all that reads what the replay of orders gives."""
        from spymaster.book.feed import run  # loads numba

        try:
            wrong = run(connection, passage)
        except (DataError, ReaderError) as error:
            raise ModelError(str(error)) from error
        if wrong:
            model = self._project.models[wrong.relation]
            raise self._wrong(model, wrong.message, wrong.position)

    def _wrong(self, model: Model, message: str, position: int | None) -> ModelError:
        templates = self._templates[model.relation]
        return ModelError(templates.explain(model.source, message, position))

    def _form(self, model: Model) -> str:
        if model.header.is_view:
            return f"or replace view {statements.name(model.relation)}"
        return f"or replace table {statements.built(model.relation)}"


@dataclass(frozen=True)
class _Job:
    """A model that is built."""

    model: Model
    wire: Wire
    sees: Mapping[str, str]
    """Queries that relations show to it."""

    @property
    def relation(self) -> str:
        return self.model.relation

    @property
    def shows(self) -> frozenset[str]:
        return frozenset(self.sees)


def _earlier(relation: str) -> str:
    return statements.built(f"{relation} earlier")
