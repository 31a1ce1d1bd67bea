"""From a plan to a task: which relations a session shows, in what form, and when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Literal

from spymaster.book.passage import Passage
from spymaster.building import slices
from spymaster.building.passages import one_pass
from spymaster.building.sources import files
from spymaster.building.task import Failure, Piece, Task
from spymaster.building.wiring import wired
from spymaster.definitions.graph import looked_back_at, readers_of, widened
from spymaster.definitions.project import Model, Project
from spymaster.planning import coverage
from spymaster.planning.snapshot import Snapshot
from spymaster.warehouse import statements

MOST_READERS = 1
"""Of a relation whose rows need not stay in memory while a session is built."""


class Assembly:
    """Puts together the task of one session."""

    def __init__(self, snapshot: Snapshot, session: date, models: set[str]) -> None:
        self.snapshot = snapshot
        self.project: Project = snapshot.project
        self.session = session
        self.models = models
        """Relations to build and write."""
        self.awaited: set[date] = set()
        """Earlier sessions whose builds the task waits for."""
        landed = coverage.of(snapshot.landed, session)
        self._templates = snapshot.project.renderer.session(session, landed=landed)

    def task(self, folder: Path) -> Task:
        """Return the task that builds the models and writes below ``folder``."""
        task = self._task(folder, [a for a in self.project.audits.values() if self._applies(a)])
        return replace(task, unread=self.snapshot.landed.unread.get(self.session))

    def inspection(self, folder: Path) -> Task:
        """Return the task that only looks at what is in force, by grains and audits."""
        models = self.project.models.values()
        there = [
            m
            for m in models
            if self._is_read(m) and self.snapshot.files(m.relation, [self.session])
        ]
        names = {model.relation for model in there}
        audits = [
            audit
            for audit in self.project.audits.values()
            if names and set(self._written_ends(audit)) <= names and self._is_asked(audit)
        ]
        return self._task(folder, audits, there)

    def line(self, failure: Failure) -> str:
        """Return a failure in one line: session, name, place, what was found."""
        message = self.explain(failure.relation, failure.message, failure.position)
        return f"{failure.session} {failure.relation}: {message}"

    def explain(self, relation: str, message: str, position: int | None) -> str:
        """Return an error about a relation's SQL, with its place if it has one."""
        model = (self.project.models | self.project.audits).get(relation)
        return self._templates.explain(model.source, message, position) if model else message

    def _task(self, folder: Path, audits: list[Model], read: Iterable[Model] = ()) -> Task:
        names = {model.relation for model in read}
        needed = self._needed([self.project.models[name] for name in self.models] + audits) | names
        live = [m for m in self.project.models.values() if m.relation in needed | self.models]
        building = [model for model in live if not self._is_read(model)]
        tables = [model for model in building if self._form(model.relation) != "view"]
        readers = readers_of(self.project, [*tables, *audits])
        sources = [name for name in needed if name in self.project.raw]
        sources += [model.relation for model in live if self._is_read(model)]
        setup = [
            statements.schemas([*needed, *self.models], "built"),
            *self.project.renderer.macros.values(),
        ]
        setup += [self._show(name) for name in sorted(sources)]
        return Task(
            self.session,
            folder,
            tuple(setup),
            tuple(wired(self._pieces(building, readers, folder), building)),
            tuple((audit.relation, self._render(audit)) for audit in audits),
            tuple((model.relation, model.header.grain) for model in read),
        )

    def source(self, relation: str) -> str:
        """Return the select behind a relation that is read or built in this session."""
        if self._form(relation) == "file":
            return f"select * from {statements.built(relation)}"
        return files(self.snapshot, relation, [self.session])

    def _applies(self, audit: Model) -> bool:
        """Whether an audit reads something that is built here, and nothing that is outdated."""
        if not self._is_asked(audit):
            return False
        through, _ = self.snapshot.fingerprints.reach(audit.relation)
        written = self._written_ends(audit)
        live = self._needed([self.project.models[name] for name in self.models])
        touched = {*written, *(model.relation for model in through)} & (self.models | live)
        return bool(touched - self._outside(touched)) and all(
            name in self.models or self.snapshot.is_current((name, self.session))
            for name in written
        )

    def _is_asked(self, audit: Model) -> bool:
        """Whether what an audit reads of batches is kept: nothing is made for an audit alone."""
        return self.project.batched.isdisjoint(set(audit.upstream) - self.project.written)

    def _written_ends(self, audit: Model) -> list[str]:
        _, ends = self.snapshot.fingerprints.reach(audit.relation)
        return [name for name in ends if name in self.project.models]

    def _outside(self, names: Iterable[str]) -> set[str]:
        """Return those that are only read here: files, and views over all sessions."""
        models = self.project.models
        return {
            n for n in names if self._is_read(models[n]) or models[n].header.materialize == "view"
        }

    def _needed(self, readers: Iterable[Model]) -> set[str]:
        """Return what some models read: directly, and through what is not a file yet."""
        found: set[str] = set()
        left = [name for model in readers for name in model.upstream]
        while left:
            name = left.pop()
            model = self.project.models.get(name)
            if name not in found and model and not self._is_read(model):
                left += model.upstream
            found.add(name)
        return found

    def _is_read(self, model: Model) -> bool:
        """Whether a model's partition is read here instead of being built."""
        if model.relation in self.models:
            return False
        pair = model.relation, self.session
        return model.header.is_written or (
            model.relation in self.project.written and self.snapshot.is_current(pair)
        )

    def _form(self, relation: str) -> Literal["view", "step", "file", "passage"]:
        if relation in self.models:
            return "file"
        model = self.project.models.get(relation)
        if model is None or self._is_read(model):
            return "view"
        if model.header.replay:
            return "passage"
        return "step" if model.header.materialize in ("step", "batches") else "view"

    def _pieces(
        self, building: list[Model], readers: dict[str, list[str]], folder: Path
    ) -> Iterator[Piece]:
        """Yield what is built, one after the other; all replays are one pass."""
        replays = [model for model in building if model.header.replay]
        # a step can be dropped after its last reader
        dropped = {name: last for name, [*_, last] in readers.items() if self._form(name) == "step"}
        for model in building:
            if not model.header.replay:
                yield self._piece(model, dropped, len(readers.get(model.relation, ())))
            elif model is replays[-1]:
                passage = one_pass(self.snapshot, self.session, building, self._render, folder)
                yield self._replay(replays, dropped, passage)

    def _piece(self, model: Model, dropped: dict[str, str], n_readers: int) -> Piece:
        wide = widened(self.project, model)
        form, is_made = self._form(model.relation), model.relation in self.project.batched
        slicing = self._slicing(model)
        return Piece(
            model.relation,
            self._render(model),
            form,
            model.header.grain,
            tuple(self._show(leaf, count) for leaf, count in wide.items()),
            tuple(map(self._show, wide)),
            tuple(statements.drops(dropped, model.relation)),
            tuple(self._awaited(wide)),
            self._early(model.relation),
            shows=frozenset([*wide, *(slicing.shows if slicing else ())]),
            is_made=is_made,
            slicing=slicing,
            # read again and again, rows are better kept in memory than unpacked each time
            is_streamed=form == "file"
            and n_readers <= MOST_READERS
            and not (is_made or model.header.slices),
        )

    def _slicing(self, model: Model) -> slices.Slicing | None:
        """Return how a model is made in slices, if it is one that leaves a file."""
        if not model.header.slices or self._form(model.relation) != "file":
            return None
        models = self.project.models
        cut = [n for n in model.upstream if n in models and models[n].header.slices]
        return slices.Slicing(
            model.header.slices,
            *self.snapshot.landed.window(self.session),
            tuple(cut),
            tuple(slices.view(name, self.source(name)) for name in cut),
            tuple(map(self._show, cut)),
        )

    def _replay(self, replays: list[Model], dropped: dict[str, str], way: Passage | None) -> Piece:
        last = replays[-1]
        drops = tuple(d for m in replays for d in statements.drops(dropped, m.relation))
        query, name, grain = self._render(last), last.relation, last.header.grain
        return Piece(name, query, "passage", grain, drops=drops, passage=way)

    def _awaited(self, wide: dict[str, int]) -> Iterator[Path]:
        """Yield the files that builds of earlier sessions have yet to leave."""
        for leaf, count in wide.items():
            sessions = self.snapshot.landed.earlier(self.session, count)
            paths = self.snapshot.awaited(leaf, sessions)
            self.awaited |= paths.keys()
            yield from paths.values()

    def _early(self, relation: str) -> Path | None:
        """Return where a file goes at once, if a session that is yet to be built looks back."""
        is_seen = relation in self.models and relation in looked_back_at(self.project)
        if not is_seen or all(at <= self.session for _, at in self.snapshot.coming):
            return None
        return self.snapshot.awaited(relation, [self.session]).get(self.session)

    def _show(self, relation: str, earlier: int = 0) -> str:
        """Return the statement that lets a relation show this session and some earlier ones."""
        query = self.source(relation)
        sessions = self.snapshot.landed.earlier(self.session, earlier) if earlier else ()
        model = self.project.models.get(relation)
        if earlier and model and model.header.looks_forward:
            # what came of a session is never seen from within it
            query = files(self.snapshot, relation, sessions)
        elif relation in self.project.raw:
            query = files(self.snapshot, relation, [*sessions, self.session])
        elif self.snapshot.files(relation, sessions):
            before = files(self.snapshot, relation, sessions)
            query = f"select * from ({before}) union all by name select * from ({query})"
        return statements.view(relation, query)

    def _render(self, model: Model) -> str:
        return self._templates.render(model.source.template)
