"""Small invented sessions for the stand-in: every schema, few records, odd on purpose."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from land.files import DAY_NS, HOUR_NS, orders
from live.tape import Part
from spymaster.land.dbn import Records, new_records
from spymaster.symbols import option_parents

FUTURE, OPTION = "ES.FUT", "ES.OPT"
CLASSES = option_parents("ES")
"""Parents of all options on ES."""
SECOND_NS = 10**9
FIRST_NS = DAY_NS + 15 * HOUR_NS
OPENS_NS = FIRST_NS - 4 * SECOND_NS
"""Before the snapshot of the book, which is before the first event."""
TO_MIDNIGHT_NS = 9 * HOUR_NS - 60 * SECOND_NS
"""By which the next session's two minutes come later, so that they end on the next date."""
N_ORDERS = 3_000
FUTURES = {"ESH4": 17_077, "ESM4": 17_080}
OPTIONS = {"ESH4 C5000": 20_001, "ESH4 P5000": 20_002}


def small(n_orders: int = N_ORDERS) -> list[Part]:
    """Return two minutes of six schemas of two futures and two options."""
    symbols = FUTURES | OPTIONS
    return [
        Part("definition", definitions(), symbols),
        Part("statistics", statistics(), symbols),
        Part("status", status(), FUTURES),
        Part("mbo", mbo(n_orders), FUTURES),
        Part("bbo-1s", quotes(), symbols),
        Part("tbbo", trades(), OPTIONS),
    ]


def next_day() -> list[Part]:
    """Return the session after, over midnight: new records, the week's definitions as before.

    Of statistics the vendor gives all that there are, those of the day before, too.
    """
    return [_next(part) for part in small()]


def _next(part: Part) -> Part:
    moved = part.records.copy()
    for name in ("ts_recv", "ts_event"):
        is_known = moved[name] != np.uint64(2**64 - 1)
        moved[name] = np.where(is_known, moved[name] + np.uint64(TO_MIDNIGHT_NS), moved[name])
    if part.schema == "definition":
        return part
    if part.schema == "statistics":
        return replace(part, records=np.concatenate([part.records, moved]))
    return replace(part, records=moved)


def mbo(count: int = N_ORDERS) -> Records:
    """Return a snapshot and random orders of the first future, two seconds later on."""
    step = 120 * SECOND_NS // count
    live = orders(count, start_ns=FIRST_NS, step_ns=step, seed=3)
    resting = orders(40, start_ns=FIRST_NS - 3 * SECOND_NS, step_ns=0, seed=4)
    resting["action"], resting["flags"], resting["ts_event"] = b"A", 32, DAY_NS
    resting["side"] = np.where(np.arange(40) % 2, b"A", b"B")
    resting["order_id"] = np.arange(40) + 1
    resting["action"][0], resting["side"][0], resting["flags"][-1] = b"R", b"N", 32 | 128
    return np.concatenate([resting, live])


def definitions() -> Records:
    """Return what the week began with: received days ago."""
    records = new_records("definition", 4)
    every = FUTURES | OPTIONS
    records["instrument_id"] = list(every.values())
    records["raw_symbol"] = [name.encode() for name in every]
    records["instrument_class"], records["asset"] = [b"F", b"F", b"C", b"P"], b"ES"
    records["ts_event"] = records["ts_recv"] = DAY_NS - 30 * HOUR_NS + np.arange(4)
    return records


def statistics() -> Records:
    """Return a number for each instrument, twice, the second time the same to the byte."""
    records = new_records("statistics", 8)
    records["instrument_id"] = [*FUTURES.values(), *OPTIONS.values()] * 2
    records["stat_type"] = 9
    records["ts_event"] = records["ts_recv"] = DAY_NS + HOUR_NS
    return records


def status() -> Records:
    """Return two changes of state."""
    records = new_records("status", 2)
    records["instrument_id"] = 17_077
    records["ts_event"] = records["ts_recv"] = FIRST_NS + np.array([0, 60]) * SECOND_NS
    return records


def quotes() -> Records:
    """Return quotes of every second; the future traded once, long ago, the options never."""
    numbers = [*OPTIONS.values(), 17_080]
    records = new_records("bbo-1s", 120 * len(numbers))
    seconds = np.repeat(np.arange(1, 121), len(numbers))
    records["instrument_id"] = numbers * 120
    records["ts_recv"] = FIRST_NS + seconds * SECOND_NS
    is_future = records["instrument_id"] == 17_080
    records["ts_event"] = np.where(is_future, np.uint64(FIRST_NS), np.uint64(2**64 - 1))
    records["bid_px_00"] = 5 * 10**9 + seconds
    return records


def trades() -> Records:
    """Return trades of options."""
    records = new_records("tbbo", 50)
    records["instrument_id"] = list(OPTIONS.values()) * 25
    records["ts_recv"] = FIRST_NS + np.arange(50) * 2 * SECOND_NS
    records["ts_event"] = records["ts_recv"] - 1_000
    records["price"], records["size"] = 5 * 10**9, 1
    return records
