"""The tape: flat records in engine units become the vendor's packed records."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spymaster.land.dbn import Records, new_records
from spymaster.units import NS_PER_SECOND

F_LAST = 128
F_SNAPSHOT = 32
F_BAD_TS_RECV = 8
F_PUBLISHER = 2
TICK_E9 = 250_000_000
"""Tick size of ES, 1e-9 points."""
FIELDS = 5
"""Numbers in a flat record: ns since midnight UTC, order id, tick, size, code."""

_ACTIONS = np.array([b"A", b"C", b"M", b"T", b"F"])
_SIDES = np.array([b"B", b"A"])
_FILL = 4


class Tape:
    """Turns flat records into packed ones, remembering what must not run backwards."""

    def __init__(
        self, instrument_id: int, midnight_ns: int, base_tick: int, seeds: np.random.SeedSequence
    ) -> None:
        self.instrument_id = instrument_id
        self.midnight_ns = midnight_ns
        self.base_tick = base_tick
        self.sequence = 1_000_000
        self.recv_ns = midnight_ns
        self.rng = np.random.Generator(np.random.PCG64(seeds))

    def snapshot(self, flat: list[int]) -> Records:
        """Return the day's first records: a clear, then every resting order, oldest first."""
        body = self._pack(np.array(flat, np.int64).reshape(-1, FIELDS))
        ages = np.sort(self.rng.pareto(0.4, len(body)).clip(0, 2_000) * 60 * NS_PER_SECOND)
        body["ts_event"] = self.midnight_ns - 1 - ages[::-1].astype(np.int64)
        body["flags"] = F_SNAPSHOT | F_BAD_TS_RECV
        body["flags"][-1] |= F_LAST
        body["sequence"] = np.arange(1, len(body) + 1)
        clear = self._blank(1)
        clear["action"], clear["side"] = b"R", b"N"
        clear["flags"] = F_SNAPSHOT | F_BAD_TS_RECV
        clear["price"] = np.iinfo(np.int64).max
        clear["ts_event"] = body["ts_event"][0]
        records = np.concatenate([clear, body])
        records["ts_recv"] = self.midnight_ns
        return records

    def live(self, flat: list[int]) -> Records:
        """Return records of events in file order, received a little later than they happened."""
        rows = np.array(flat, np.int64).reshape(-1, FIELDS)
        records = self._pack(rows)
        code = rows[:, 4]
        is_last = code & 1
        records["flags"] = np.where(is_last, F_LAST | F_PUBLISHER, 0)
        records["ts_event"] = self.midnight_ns + rows[:, 0]
        packets = self._packets(code >> 2, is_last)
        self._clock(records, packets)
        records["sequence"] = self.sequence + packets
        self.sequence += int(packets[-1])
        return records

    def _packets(self, action: NDArray[np.int64], is_last: NDArray[np.int64]) -> NDArray[np.int64]:
        """A new packet begins with each event and where fills end and book changes begin."""
        fresh = np.ones(len(action), np.int64)
        follows = is_last[:-1] == 0
        fresh[1:][follows] = ((action[:-1] == _FILL) & (action[1:] != _FILL))[follows]
        return np.cumsum(fresh)

    def _clock(self, records: Records, packets: NDArray[np.int64]) -> None:
        first = np.flatnonzero(np.diff(packets, prepend=0))
        delay = 80_000 + self.rng.gamma(1.5, 40_000, len(first)).astype(np.uint64)
        sent = records["ts_event"][first] + delay
        sent[0] = max(int(sent[0]), self.recv_ns)
        arrived = np.maximum.accumulate(sent)
        self.recv_ns = int(arrived[-1])
        records["ts_recv"] = arrived[packets - 1]
        records["ts_in_delta"] = self.rng.integers(12_000, 18_000, len(first))[packets - 1]

    def _pack(self, rows: NDArray[np.int64]) -> Records:
        records = self._blank(len(rows))
        code = rows[:, 4]
        records["order_id"] = rows[:, 1]
        records["price"] = (rows[:, 2] + self.base_tick) * TICK_E9
        records["size"] = rows[:, 3]
        records["action"] = _ACTIONS[code >> 2]
        records["side"] = _SIDES[(code >> 1) & 1]
        return records

    def _blank(self, count: int) -> Records:
        records = new_records("mbo", count)
        records["instrument_id"] = self.instrument_id
        return records
