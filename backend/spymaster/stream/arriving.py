"""Rows of a session that goes on, as its builder sent them: what frames are made from.

They are read by the queries that read a catalog, so that the same rows make the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import pyarrow as pa

from spymaster.live.sent import DECIDED, Line
from spymaster.stream import fields
from spymaster.stream.loading import asked
from spymaster.stream.sources import OF_OPTIONS, SOURCES
from spymaster.stream.tables import Growing, Promises, Row, Span, read
from spymaster.units import BUCKET_S
from spymaster.warehouse import duck

BOOK, OPTIONS = "book", "options"
GROUPS = {BOOK: tuple(name for name in SOURCES if name not in OF_OPTIONS), OPTIONS: OF_OPTIONS}
"""What is read of each group of a bucket; ``wide`` repeats others and is shown by nobody."""
SHOWN = (*GROUPS, DECIDED)


class Arriving:
    """Rows by bucket.

    Attributes
    ----------
    tables : dict of str to Growing
        By what frames call them.
    """

    def __init__(self, session: date, window_start: datetime, known: Promises) -> None:
        self._span, self._known, self._start = Span(session, window_start), known, window_start
        self.tables = {name: Growing(source) for name, source in SOURCES.items()}
        self._touches: dict[int, list[Row]] = {}
        self._decided: dict[int, tuple[list[Row], list[Row]]] = {}
        self._connection = duck.in_memory(Path(gettempdir()), threads=1)

    def take(self, lines: Iterable[Line]) -> None:
        """Take groups of buckets; of those that were sent twice the last stands."""
        standing = {line.key: line for line in lines}
        for group, names in GROUPS.items():
            some = [line for (_, of), line in standing.items() if of == group]
            if some:
                self._take(some, names)
        for (seq, group), line in standing.items():
            if group == DECIDED:
                self._decided[seq] = (
                    self._asked(line, fields.FORECASTS),
                    self._asked(line, fields.CARDS),
                )
            if group == BOOK:
                self._touches[seq] = self._asked(line, fields.TOUCHES)

    def decided(self, seq: int) -> tuple[list[Row], list[Row], list[Row]]:
        """Return the touches about which something is decided in a bucket, forecasts and cards.

        Those of the bucket itself are among them, whatever the past has to say.
        """
        forecasts, cards = self._decided.get(seq, ([], []))
        came = {self._seq_of(row["touched_at"]) for row in forecasts} | {seq}
        about = {(row["cluster_id"], row["touched_at"]) for row in forecasts}
        touches = [
            touch
            for at in sorted(came)
            for touch in self._touches.get(at, [])
            if at == seq or (touch["level_id"], touch["bucket_end"]) in about
        ]
        return touches, forecasts, cards

    def _seq_of(self, at: datetime) -> int:
        return int((at - self._start).total_seconds()) // BUCKET_S

    def _take(self, lines: Sequence[Line], names: Iterable[str]) -> None:
        seqs = [line.key[0] for line in lines]
        for name in names:
            source = SOURCES[name]
            with self._shown(lines, source.relation) as rows:
                table = read(self._connection, source, self._span, self._known, rows)
            self.tables[name].put(table, seqs)

    def _asked(self, line: Line, relation: str) -> list[Row]:
        with self._shown([line], relation) as rows:
            return asked(self._connection, relation, rows)

    @contextmanager
    def _shown(self, lines: Sequence[Line], relation: str) -> Any:
        """Give rows of some lines a name for a while."""
        self._connection.register("sent", pa.concat_tables(one.rows(relation) for one in lines))
        try:
            yield "sent"
        finally:
            self._connection.unregister("sent")
