"""Exposure and pressure of options come out the same bits from any number of threads."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time

import pyarrow as pa
import pytest
from pyarrow.compute import field

from first_use import Used
from options.exposure.harness import BUILT, GIVEN, Exposure
from options.simulated import build
from spymaster.settings import Settings
from spymaster.warehouse import duck

WINDOW = (time(9, 30), time(9, 40))
SETTINGS = Settings(window_start=WINDOW[0], window_end=WINDOW[1])
CUT_AT = datetime(2024, 3, 5, 14, 36, 40)
"""End of a bucket in the middle of the session."""
UNTIL = f"timestamp '{CUT_AT}'"
CUT = {
    "options.chain_5s": f"bucket_end <= {UNTIL}",
    "options.vols_5s": f"bucket_end <= {UNTIL}",
    "market.bbo_5s": f"bucket_end <= {UNTIL}",
    "pressure.levels_5s": f"bucket_end <= {UNTIL}",
    "options.forwards_5s": f"bucket_end <= {UNTIL}",
    "options.open_interest": f"known_at <= {UNTIL}",
    "market.prints": f"make_timestamp(ts_recv // 1000) < {UNTIL}",
    "staging.tbbo": f"make_timestamp(ts_recv // 1000) < {UNTIL}",
}
MADE = {
    "options.forwards_5s": """
        select distinct bucket_end, underlying_id, forward
        from options.chain_5s
        where forward_source = 'quote'
    """,
    "options.open_interest": """
        with changes as (
            select instrument_id, oi, bucket_end as known_at
            from options.chain_5s
            window series as (partition by instrument_id order by bucket_end)
            qualify
                row_number() over series = 1 or oi is distinct from lag(oi) over series
        )

        select *, lead(known_at) over (partition by instrument_id order by known_at) as known_until
        from changes
    """,
}
"""What no catalog shows, as it can be told from what one does."""
ABSENT = ("pressure.cells_5s",)
RELATIONS = [name for name in BUILT if name != "options.option_trades"]


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory, used: Used) -> Iterator[duck.Connection]:
    """Ten minutes of a simulated session of options."""
    folder = tmp_path_factory.mktemp("threads")
    used(folder / "warehouse")
    day = build(folder, "+options.pressure_5s", "+market.sessions", window=WINDOW)
    with duck.read_only(day.settings.warehouse / "spymaster.duckdb") as connection:
        yield connection


def built(
    catalog: duck.Connection,
    threads: int,
    *,
    is_cut: bool = False,
    order: str = "",
) -> dict[str, pa.Table]:
    """Return what the models make of a session, which may be cut where a bucket ends."""
    shown = {name: f"from {name}" for name in GIVEN if name not in ABSENT} | MADE
    cut = CUT if is_cut else {}
    given = {
        name: catalog.execute(
            f"from ({query}) as given where {cut.get(name, 'true')} {order}"
        ).to_arrow_table()
        for name, query in shown.items()
    }
    made = Exposure(SETTINGS, threads).build(given)
    return {
        name: made.connection.execute(f"from {name} order by all").to_arrow_table()
        for name in RELATIONS
    }


@pytest.fixture(scope="module")
def one(catalog: duck.Connection) -> dict[str, pa.Table]:
    """What one thread makes of rows in their order."""
    return built(catalog, 1)


@pytest.mark.parametrize(
    ("threads", "order"),
    [
        pytest.param(4, "order by hash(given)", marks=pytest.mark.thorough),
        pytest.param(2, "", marks=pytest.mark.slow),
        pytest.param(1, "order by hash(given)", marks=pytest.mark.slow),
    ],
)
def test_partitions_do_not_depend_on_threads_nor_on_the_order_of_rows(
    catalog: duck.Connection, one: dict[str, pa.Table], threads: int, order: str
) -> None:
    """Both at once by default."""
    other = built(catalog, threads, order=order)
    for name, rows in one.items():
        assert other[name].equals(rows), (name, threads, order)


@pytest.mark.thorough
def test_partitions_do_not_depend_on_what_comes_later(
    catalog: duck.Connection, one: dict[str, pa.Table]
) -> None:
    for name, rows in built(catalog, 2, is_cut=True).items():
        assert rows.num_rows > 0
        assert rows.equals(one[name].filter(field("bucket_end") <= CUT_AT)), name
