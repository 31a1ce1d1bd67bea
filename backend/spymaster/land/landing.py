"""Landing: every file whole or not at all, and each content only once."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from io import BufferedReader
from pathlib import Path

from spymaster.errors import DataError, RefusedError
from spymaster.land import conditions
from spymaster.land.dbn import DbnReader, Header
from spymaster.land.following import Following
from spymaster.land.holdings import Holdings
from spymaster.land.intake import Intake, Written
from spymaster.land.outcome import Landing, landing, summary
from spymaster.land.overlaps import replaced_by, shared
from spymaster.land.source import CONDITION, check_manifest, digest, find
from spymaster.settings import Settings
from spymaster.symbols import products
from spymaster.warehouse.files import scratch, settle
from spymaster.warehouse.layout import Layout
from spymaster.warehouse.ledger import Ledger, Partition
from spymaster.warehouse.lock import writer

FILE_ID_DIGITS = 16
Progress = Callable[[Path, int, int], None]
"""Called with a file, its bytes read so far, and its size."""


def land(
    paths: Sequence[Path],
    settings: Settings,
    *,
    replace: bool = False,
    wait: float = 0.0,
    progress: Progress | None = None,
    report: Callable[[Landing], None] | None = None,
) -> list[Landing]:
    """Land files as raw partitions; a bad file is refused and the others still land.

    Parameters
    ----------
    paths : sequence of Path
        Files, or folders that are searched for ``.dbn`` and ``.dbn.zst`` files and for
        ``condition.json`` to any depth.
    replace : bool
        Drop older partitions that hold the same schema, date and instrument.
    wait : float, seconds
        How long to wait for another writer of the warehouse.
    report : callable
        Takes what became of each file as soon as it is known.

    Raises
    ------
    UsageError
        If a path does not exist, or a folder holds none of those.
    LockedError
        If another process holds the warehouse.
    """
    files = find(paths)
    layout = Layout(settings.warehouse)
    with writer(layout, "land", wait=wait):
        lander = _Lander(layout, progress or (lambda file, done, total: None), replace=replace)
        landings = []
        for file in files:
            landings.append(lander.land(file))
            if report is not None:
                report(landings[-1])
        return landings


class _Lander:
    """Lands one file after the other under the writer's lock."""

    def __init__(self, layout: Layout, progress: Progress, *, replace: bool) -> None:
        self._layout, self._progress, self._replace = layout, progress, replace
        self._ledger = Ledger(layout)
        self._landed = Holdings(layout, self._ledger.partitions())

    def land(self, file: Path) -> Landing:
        try:
            with _opened(file) as handle:
                return self._land(file, handle)
        except (DataError, RefusedError) as error:
            return Landing(file, "refused", str(error), exit_code=error.exit_code)
        except OSError as error:
            reason = f"cannot be landed in {self._layout.root}: {error.strerror or error}"
            return Landing(file, "refused", f"{file}: {reason}", exit_code=DataError.exit_code)

    def _land(self, file: Path, handle: BufferedReader) -> Landing:
        before = os.fstat(handle.fileno())
        sha256 = digest(handle, str(file))
        check_manifest(file, sha256)
        if file.name == CONDITION:
            return self._land_conditions(file, handle, before)
        file_id = sha256[:FILE_ID_DIGITS]
        if known := self._landed.whole(file_id):
            return landing(file, "already landed", known, "already landed")
        reader = DbnReader(handle, str(file))
        with scratch(self._layout) as folder:
            written = Intake(reader, str(file), file_id, folder).run(
                lambda: self._progress(file, handle.tell(), before.st_size)
            )
            self._finish(file, handle, before)
            added, replaced = self._settle(file, _reaching(reader.header, written), written)
        unnamed = self._landed.unnamed(added, reader.header)
        return landing(file, "landed", added, summary(added, replaced, unnamed))

    def _land_conditions(
        self, file: Path, handle: BufferedReader, before: os.stat_result
    ) -> Landing:
        """Land the days of which the vendor says something that it did not say before."""
        dataset = conditions.dataset_of(file)
        said = {one.identity(dataset): one for one in conditions.load(handle.read(), str(file))}
        self._finish(file, handle, before)
        known = {part.file_id: part for identity in said for part in self._landed.whole(identity)}
        fresh = {identity: one for identity, one in said.items() if identity not in known}
        if not fresh:
            return Landing(
                file,
                "already landed",
                f"{file}: already landed",
                conditions.SCHEMA,
                len(said),
                tuple(known.values()),
            )
        with scratch(self._layout) as folder:
            written = conditions.write_conditions(dataset, fresh, folder)
            added, _ = self._settle(file, conditions.header(dataset, fresh.values()), written)
        return landing(file, "landed", added, conditions.summary(list(fresh.values())))

    def _finish(self, file: Path, handle: BufferedReader, before: os.stat_result) -> None:
        after = os.fstat(handle.fileno())
        if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
            raise DataError(f"{file}: changed while it was read")
        self._progress(file, after.st_size, after.st_size)

    def _settle(
        self, file: Path, header: Header, written: Sequence[Written]
    ) -> tuple[tuple[Partition, ...], list[Partition]]:
        """Put finished files in their place; return what was added and what it replaced."""
        count = Counter(part.file_id for part in written)
        fresh = {part.file: part.path for part in written}
        added = tuple(_partition(part, file, header, count[part.file_id]) for part in written)
        added, replaced = self._placed(file, added, fresh)
        sizes = {place: path.stat().st_size for place, path in fresh.items()}
        added = tuple(part._replace(bytes=sizes[part.file]) for part in added)
        for place, path in fresh.items():
            settle(path, self._layout.root / place)
        self._ledger.land(added, replaced)
        self._landed.change(added, replaced)
        return added, replaced

    def _placed(
        self, file: Path, added: Sequence[Partition], fresh: Mapping[str, Path]
    ) -> tuple[tuple[Partition, ...], list[Partition]]:
        """Number behind what landed whatever goes on after it; return all, and what is replaced."""
        following = Following(self._layout.root, fresh, self._layout.tmp)
        before: dict[str, list[Partition]] = {}
        overlaps = []
        for new, old in shared(added, self._landed):
            if following.goes_on(new, old):
                before.setdefault(new.file, []).append(old)
            else:
                overlaps.append((new, old))
        replaced = replaced_by(overlaps, self._landed, file, following, replace=self._replace)
        return following.numbered(added, before), replaced


@contextmanager
def _opened(file: Path) -> Iterator[BufferedReader]:
    try:
        handle = file.open("rb")
    except OSError as error:
        raise DataError(f"{file}: cannot be read: {error.strerror}") from error
    with handle:
        yield handle


def _reaching(header: Header, written: Sequence[Written]) -> Header:
    """Return a header that does not say where its file ends if as many records as asked for came:
    it tells of nothing after the last."""
    records = sum(part.facts.records for part in written if part.schema == header.schema)
    return (
        header if header.limit is None or records < header.limit else replace(header, end_ns=None)
    )


def _partition(part: Written, source: Path, header: Header, file_partitions: int) -> Partition:
    first_ns, last_ns = part.facts.span
    return Partition(
        schema=part.schema,
        date=part.date,
        file_id=part.file_id,
        file=part.file,
        source=os.fsencode(source).decode(errors="backslashreplace"),
        dataset=header.dataset,
        records=part.facts.records,
        first_ns=first_ns,
        last_ns=last_ns,
        start_ns=header.start_ns,
        end_ns=header.end_ns,
        products=products(text for one in header.intervals for text in (one.symbol, one.mapped)),
        instruments=tuple(sorted(part.facts.instruments)),
        bytes=0,  # known once it is numbered
        gaps=part.facts.gaps,
        landed_at=datetime.now(UTC).replace(tzinfo=None),
        first_row=part.facts.first_row,
        file_partitions=file_partitions,
    )
