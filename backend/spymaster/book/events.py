"""Where an exchange event ends among the records of an instrument."""

from __future__ import annotations

from spymaster.book.arrays import Records
from spymaster.book.codes import F_LAST, FILL, TRADE
from spymaster.book.compiled import inlined


@inlined
def event_end(records: Records, row: int) -> tuple[int, int, bool]:
    """Return where the event that begins at ``row`` ends, how many fills it has, if it is whole.

    It ends with F_LAST; but not on a trade or fill where the next record has the same ts_event and
    sequence, since XNAS flags each record of an execution.
    """
    stop, n_fills, is_whole = row, 0, False
    while stop < len(records.seq) and not is_whole:
        is_fill, is_trade = records.action[stop] == FILL, records.action[stop] == TRADE
        is_whole = records.flags[stop] >= F_LAST
        stop += 1
        n_fills += is_fill
        if is_whole and (is_fill or is_trade):
            # what the next record is decides, so without one nothing is known yet
            is_whole = stop < len(records.seq) and (
                records.ts_event[stop] != records.ts_event[stop - 1]
                or records.sequence[stop] != records.sequence[stop - 1]
            )
    return stop, n_fills, is_whole
