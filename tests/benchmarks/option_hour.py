"""Time all that options give in an hour: from quotes and trades to the hedge ladder at five levels.

    uv run --group benchmark python tests/benchmarks/option_hour.py [RUNS] [--far]

Three expiries of 161 strikes, calls and puts, a new quote of each every 5 seconds, and 66,000
trades, in memory. Built as a session is on two cores, two relations at a time, and beside it one
after the other: the best of RUNS (default 3) each. The open interest is such that the exposure
changes its sign near the forward; with --far it never does, so that the whole grid of prices is
worked out in every bucket.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from implied_vols import BUCKETS, QUOTES, SETTINGS, definitions

from options.desk import FUTURE, MIDNIGHT, SESSION, START, Row, open_interest, records
from sandboxes import landed, of_schemas, sandbox
from spymaster.building.sandbox import Sandbox

DAY = f"date '{SESSION}' as session"
BUCKETS_5S = f"""
    select make_timestamp({START} // 1000 + n * 5000000) as bucket_end, n,
        5100 + round(40 * sin((n - 1) / 50)) / 4 as forward
    from range(1, {BUCKETS} + 1) as numbers (n)"""
GIVEN = {
    "market.fronts": f"select {DAY}, 'ES' as root, {FUTURE} as instrument_id,"
    " 250000000 as tick_e9, 0.25 as tick_size",
    "market.bbo_5s": f"select {DAY}, {FUTURE} as instrument_id, bucket_end, forward as mid,"
    f" 50 as bid_qty, 60 as ask_qty from ({BUCKETS_5S})",
    "market.prints": f"""
        select {DAY}, contracts[1 + (hash(n) % len(contracts))::bigint]::uinteger as instrument_id,
            'tbbo' as source, {START}::ubigint + n * 54000000 as ts_recv,
            if(hash(-n) % 2 = 0, 'B', 'A') as side, 5.0 as price, 5000000000 as price_e9,
            (1 + hash(n) % 10)::uinteger as size, date '{SESSION}' as date, 'ab' as file_id,
            n::uinteger as row_no
        from range(66000) as numbers (n),
            (select list(instrument_id order by instrument_id) as contracts from raw.definition)""",
    "pressure.levels_5s": f"""
        select {DAY}, {FUTURE} as instrument_id, bucket_end, 'LEVEL_' || place as level_id,
            (5080 + 8 * place) * 4 as tick, 5080.0 + 8 * place as price,
            make_timestamp({START} // 1000 + 5000000) as used_since
        from ({BUCKETS_5S}), range(5) as places (place)""",
    "pressure.cells_5s": None,
    "staging.tbbo": None,
}
WAYS = {
    "two at a time": {"side_by_side": 2, "threads": 2},
    "one after the other": {"side_by_side": 1, "threads": 2},
}


def main() -> None:
    """Print the table."""
    runs = int(([one for one in sys.argv[1:] if one.isdigit()] or ["3"])[0])
    is_far = "--far" in sys.argv
    boxes = {way: _filled(**how, is_far=is_far) for way, how in WAYS.items()}
    best: dict[str, tuple[float, float]] = {}
    for _ in range(runs):
        for way, box in boxes.items():
            best[way] = min(best.get(way, (1e9, 0.0)), _timed(box))
    print(f"{'':24}{'s':>6}{'CPU s':>8}")
    for way, (seconds, cpu) in best.items():
        print(f"{way:24}{seconds:6.2f}{cpu:8.2f}")
    found = "select count(zero_gamma), count(*) from options.gex_profile_5s"
    print("zero gamma in {:,} of {:,} profiles".format(*box.connection.execute(found).fetchone()))
    for relation in ("options.vols_5s", "options.gex_by_strike_5s", "options.pressure_5s"):
        ((rows,),) = box.connection.execute(f"select count(*) from {relation}").fetchall()
        print(f"{relation}: {rows:,} rows")


def _filled(*, is_far: bool, **how: int) -> Sandbox:
    """Return a sandbox with everything that is given."""
    ends = of_schemas(SETTINGS, "options")
    box = sandbox(SETTINGS, SESSION, ends, given=GIVEN, **how)
    for schema, rows in (("definition", definitions()), ("statistics", _interest(is_far=is_far))):
        box.give(f"raw.{schema}", landed(schema, records(schema, rows)))
    box.connection.execute(QUOTES.format(start=START, buckets=BUCKETS, future=FUTURE))
    box.give("raw.bbo_1s", "from quotes")
    for relation, query in GIVEN.items():
        if query:
            box.give(relation, query)
    return box


def _interest(*, is_far: bool) -> list[Row]:
    """Return open interest: of calls above the forward and puts below it, or of calls alone."""
    found = []
    for row in definitions():
        is_call, is_above = row["instrument_class"] == "C", row["strike_price"] > 5100e9
        quantity = 1000 if (is_call if is_far else is_call == is_above) else 10
        found.append(open_interest(row["instrument_id"], MIDNIGHT, quantity))
    return found


def _timed(box: Sandbox) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    box.build()
    return time.perf_counter() - wall, time.process_time() - cpu


if __name__ == "__main__":
    main()
