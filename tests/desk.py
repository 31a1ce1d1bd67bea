"""A small SQL folder with a warehouse, and raw partitions written without any landing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from pathlib import Path
from textwrap import dedent
from typing import Any

from spymaster import operations, units
from spymaster.settings import Settings
from spymaster.warehouse import duck
from spymaster.warehouse.layout import Layout, raw_file
from spymaster.warehouse.ledger import Ledger, Partition

RAW = """
trades:
  doc: Trades
  columns:
    ts_recv: UBIGINT | ns, UTC | when received
    price: BIGINT | 1e-9 points | price of the trade
    size: UINTEGER | lots | size traded
    date: DATE | UTC | of ts_recv
    file_id: VARCHAR | hex | source file
    row_no: UINTEGER | number | place in the file
definition:
  doc: Definitions
  columns:
    ts_recv: UBIGINT | ns, UTC | when received
    date: DATE | UTC | of ts_recv
    file_id: VARCHAR | hex | source file
    row_no: UINTEGER | number | place in the file
"""
STAGING = """
{#---
doc: Every trade that landed
grain: [file_id, row_no]
as_of: ts_recv
columns:
  ts_recv: BIGINT   | ns, UTC | when received
  price:   DOUBLE   | points  | price of the trade
  size:    UINTEGER | lots    | size traded
  file_id: VARCHAR  | hex     | source file
  row_no:  UINTEGER | number  | place in the file
---#}
{% import 'macros/vendor.sql' as vendor %}
select ts_recv::bigint as ts_recv, {{ vendor.points('price') }} as price, size, file_id, row_no
from raw.trades
"""
VENDOR = """
{%- macro points(column) -%}
nullif({{ column }}, {{ undef_price }}) / 1e9
{%- endmacro %}
"""
PRINTS = """
{#---
doc: Trades of the window
grain: [session, seq]
as_of: ts_recv
columns:
  session: DATE     | date   | trading date
  price:   DOUBLE   | points | price of the trade
  size:    UINTEGER | lots   | size traded
  file_id: VARCHAR  | hex    | source file
  seq:     UINTEGER | number | place in the file
---#}
select date '{{ session }}' as session, price, size, file_id, row_no as seq
from staging.trades
where ts_recv >= {{ window_start_ns }} and ts_recv < {{ window_end_ns }}
"""
DAYS = """
{#---
doc: One row per session
grain: [session]
as_of: session end
columns:
  session: DATE   | date   | trading date
  high:    DOUBLE | points | highest trade of the window
  lots:    BIGINT | lots   | lots traded in the window
---#}
select session, max(price) as high, sum(size)::bigint as lots
from market.prints
group by session
"""
RANKS = """
{#---
doc: Every session with the one before
grain: [session, high]
as_of: session end
lookback: {market.days: 1}
columns:
  session:   DATE   | date   | trading date
  high:      DOUBLE | points | highest trade of the window
  last_high: DOUBLE | points | that of the session before, null in the first
---#}
select
    today.session,
    today.high,
    before.high as last_high
from market.days as today
left join market.days as before on before.session < today.session
where today.session = date '{{ session }}'
"""
LOWS = """
{#---
doc: Lowest trade of each session, which no other model reads
grain: [session, low]
as_of: session end
columns:
  session: DATE   | date   | trading date
  low:     DOUBLE | points | lowest trade of the window
---#}
select session, min(price) as low
from market.prints
group by session
"""
POSITIVE = """
{#---
doc: Every session has a positive high
---#}
select * from market.days where high <= 0
"""
FILES = {
    "raw.yml": RAW,
    "macros/vendor.sql": VENDOR,
    "staging/trades.sql": STAGING,
    "market/prints.sql": PRINTS,
    "market/days.sql": DAYS,
    "market/lows.sql": LOWS,
    "levels/ranks.sql": RANKS,
    "audits/positive.sql": POSITIVE,
}
"""staging.trades -> market.prints (kept on request) -> market.days (table), market.lows;
levels.ranks looks back at market.days."""
WRITTEN = ["market.days", "market.lows", "levels.ranks"]
DAY_NS = 86_400 * units.NS_PER_SECOND
MON, WED, FRI = date(2024, 3, 4), date(2024, 3, 6), date(2024, 3, 8)
"""Days apart: a session also reads the records of the evening before."""


@dataclass
class Desk:
    """Where a test writes models and lands trades."""

    sql: Path
    settings: Settings
    is_changing: bool = False
    """Whether the settings are other than the warehouse was built with, on purpose."""

    @property
    def layout(self) -> Layout:
        return Layout(self.settings.warehouse)

    def write(self, name: str, text: str) -> None:
        path = self.sql / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text).lstrip(), encoding="utf-8")

    def move(self, name: str, to: str) -> None:
        """Put a file elsewhere below the SQL folder."""
        (self.sql / to).parent.mkdir(parents=True, exist_ok=True)
        (self.sql / name).rename(self.sql / to)

    def edit(self, name: str, old: str, new: str) -> None:
        text = (self.sql / name).read_text(encoding="utf-8")
        assert old in text
        (self.sql / name).write_text(text.replace(old, new), encoding="utf-8")

    def land(self, day: date, *prices: float, name: str = "file", replace: bool = False) -> None:
        """Land trades of one lot a second apart from 10:00 New York on."""
        ledger = Ledger(self.layout)
        before = [part for part in ledger.partitions() if part.date == day] if replace else []
        land(self.layout, day, list(prices), f"{name} {day}")
        if before:
            ledger.land([], before)

    def run(self, *given: Any, **more: Any) -> operations.RunReport:
        more = {"change_settings": self.is_changing} | more
        return operations.run(self.settings, *given, sql=self.sql, **more)

    def plan(self, *given: Any) -> list[operations.Step]:
        asked = operations.plan(
            self.settings, *given, sql=self.sql, change_settings=self.is_changing
        )
        return list(asked.steps)

    def todo(self, *given: Any) -> dict[tuple[str, str], str]:
        """Return why, by model and session, of everything that would run."""
        steps = self.plan(*given)
        return {(s.model, str(s.session)): s.why for s in steps if s.action == "run"}

    def check(self, *given: Any) -> list[str]:
        return [str(found) for found in operations.check(self.settings, *given, sql=self.sql)]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return what a reader of the catalog gets."""
        with duck.opened(self.layout.link.resolve(), read_only=True) as connection:
            return connection.execute(query).fetchall()

    def using(self, **changed: Any) -> Desk:
        return Desk(self.sql, replace(self.settings, **changed), is_changing=True)


def make(folder: Path) -> Desk:
    desk = Desk(folder / "sql", Settings(warehouse=folder / "warehouse"))
    desk.settings.warehouse.mkdir(parents=True)  # where nothing landed yet
    for name, text in FILES.items():
        desk.write(name, text)
    return desk


def land(layout: Layout, day: date, prices: list[float], source: str) -> None:
    file_id = sha256(source.encode()).hexdigest()[:16]
    first = units.local_ns(day, time(10), Settings().zone)
    file = raw_file("trades", day, file_id)
    path = layout.root / file
    path.parent.mkdir(parents=True, exist_ok=True)
    with duck.in_memory(layout.tmp / "spill", threads=1) as connection:
        connection.execute(
            "copy (select ? + i * 1000000000::ubigint as ts_recv,"
            " (p * 1e9)::bigint as price, 1::uinteger as size, ?::date as date,"
            " ? as file_id, i::uinteger as row_no"
            " from (select unnest(?::double[]) as p, generate_subscripts(?::double[], 1) as i))"
            f" to '{path}' (format parquet)",
            [first, str(day), file_id, prices, prices],
        )
    last = first + int(timedelta(seconds=len(prices)) / timedelta(microseconds=1)) * 1000
    asked = (first, first + DAY_NS, ("ES",))
    counted = ((1,), path.stat().st_size, 0, datetime.now(UTC).replace(tzinfo=None))
    row = (file, source, "GLBX.MDP3", len(prices), first, last, *asked, *counted)
    Ledger(layout).land([Partition("trades", day, file_id, *row)])
