"""What has landed so far, found by file and by day: one of 15 years has thousands of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import TypeVar

from spymaster.land.dbn import Header
from spymaster.warehouse.layout import Layout
from spymaster.warehouse.ledger import Partition

Key = TypeVar("Key", str, tuple[str, date])


DEFINITION = "definition"
"""The schema that names instruments."""


class Holdings:
    """The partitions that the ledger holds."""

    def __init__(self, layout: Layout, partitions: Iterable[Partition]) -> None:
        self._layout = layout
        self._by_file: defaultdict[str, list[Partition]] = defaultdict(list)
        self._by_day: defaultdict[tuple[str, date], list[Partition]] = defaultdict(list)
        self._found: dict[str, bool] = {}
        self.change(partitions, ())

    def of_file(self, file_id: str) -> list[Partition]:
        """Return what a source file gave."""
        return self._by_file.get(file_id, [])

    def of_day(self, schema: str, day: date) -> list[Partition]:
        """Return the partitions of a schema and UTC date."""
        return self._by_day.get((schema, day), [])

    def whole(self, file_id: str) -> tuple[Partition, ...]:
        """Return what a file gave, if the ledger and the disk still hold all of it."""
        known = tuple(self.of_file(file_id))
        is_whole = all(old.file_partitions <= len(known) for old in known)
        return known if is_whole and all(self._is_there(old.file) for old in known) else ()

    def unnamed(self, added: Iterable[Partition], header: Header) -> list[int]:
        """Return the instruments of new partitions that no symbol and no definition names."""
        found = {one for part in added for one in part.instruments}
        texts = {text for one in header.intervals for text in (one.symbol, one.mapped)}
        found -= {int(text) for text in texts if text.isascii() and text.isdigit()}
        if found:
            for parts in self._by_file.values():
                found -= {
                    i for part in parts if part.schema == DEFINITION for i in part.instruments
                }
        return sorted(found)

    def change(self, added: Iterable[Partition], replaced: Iterable[Partition]) -> None:
        """Take partitions in, and drop those that they replace."""
        added = list(added)
        for gone in {old.key: old for old in (*added, *replaced)}.values():
            _drop(self._by_file, gone.file_id, gone)
            _drop(self._by_day, (gone.schema, gone.date), gone)
        for new in added:
            self._by_file[new.file_id].append(new)
            self._by_day[new.schema, new.date].append(new)
            self._found.pop(new.file, None)

    def _is_there(self, file: str) -> bool:
        if file not in self._found:
            self._found[file] = (self._layout.root / file).exists()
        return self._found[file]


def _drop(index: defaultdict[Key, list[Partition]], key: Key, gone: Partition) -> None:
    index[key] = [old for old in index[key] if old.key != gone.key]
