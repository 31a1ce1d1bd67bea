"""The dashboard shows what the published catalog says, and follows it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import fmean

import duckdb
import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from spymaster.settings import Settings
from spymaster.warehouse import duck
from spymaster.warehouse.files import point
from spymaster.warehouse.layout import Layout

FOLDER = Path(__file__).parents[2] / "examples" / "dashboard"
PATIENCE_SECONDS = 60
BUCKET, COLUMN = timedelta(seconds=5), timedelta(seconds=30)
EXPOSURE = """
    create or replace macro options.gex_by_strike_5s(session := null) as table
    select
        date '2024-03-05' as session, timestamp '2024-03-05 14:40:00' as bucket_end, expiry_set,
        6700 + 5 * k as near_strike, 1e6 * k * n as gex_call, 2e6 * n as gex_put,
        gex_call - gex_put as gex_net
    from range(30) as strikes(k), (values ('0dte', 1), ('5d', 2), ('all', 3)) as sets(expiry_set, n)
    where {};
    create or replace macro options.gex_profile_5s(session := null) as table
    select
        session, bucket_end, expiry_set, 6765.125 as zero_gamma, 6800.0 as call_wall_gex,
        null::double as put_wall_gex, sum(gex_net) as gex_total
    from options.gex_by_strike_5s()
    group by all;
"""


@pytest.fixture(autouse=True)
def main_module(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit leaves its script as the main module, which processes started later would run."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


@pytest.fixture
def layout(simulated: Settings, tmp_path: Path) -> Layout:
    """A warehouse that shows the simulated one, with a link of its own to flip."""
    layout = Layout(tmp_path / "warehouse")
    flip(layout, simulated.warehouse / "spymaster.duckdb", "spymaster_1.duckdb", "false")
    return layout


@pytest.fixture
def modules(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the page find its modules, as ``streamlit run`` does."""
    monkeypatch.syspath_prepend(str(FOLDER))
    yield
    for name in ("questions", "charts"):
        sys.modules.pop(name, None)


def flip(layout: Layout, source: Path, name: str, strikes: str) -> Path:
    """Publish a copy of a catalog with the exposure of some strikes."""
    target = layout.catalogs / name
    layout.catalogs.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    with duckdb.connect(target) as connection:
        connection.execute(EXPOSURE.format(strikes))
    point(layout.link, target)
    return target


@pytest.fixture
def page(layout: Layout, modules: None, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("SPYMASTER_WAREHOUSE", str(layout.root))
    return AppTest.from_file(FOLDER / "app.py", default_timeout=PATIENCE_SECONDS)


def metrics(page: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in page.metric}


def test_the_page_shows_the_last_bucket_of_the_level(page: AppTest, simulated: Settings) -> None:
    page.run()
    assert [error.value for error in page.exception] == []
    assert page.selectbox(key="session").options == ["2024-03-05"]
    assert page.selectbox(key="level").options == ["PM_HIGH"]
    with duck.reader(simulated.warehouse / "spymaster.duckdb") as connection:
        ((mid, level, ticks),) = connection.execute(
            "select mid, states_5s.price, dist_ticks from states_5s"
            " inner join bbo_5s using (session, bucket_end) order by bucket_end desc limit 1"
        ).fetchall()
    assert metrics(page) | {"Price": f"{mid:,.2f}", "Level": f"{level:,.2f}"} == metrics(page)
    assert metrics(page)["Ticks from level"] == f"{ticks:+.0f}"
    assert len(page.get("vega_lite_chart")) == 3
    assert [info.value for info in page.info] == ["No options landed for this session."]


def test_a_new_catalog_is_shown_and_the_old_one_let_go(page: AppTest, layout: Layout) -> None:
    page.run()
    old = layout.link.resolve()
    flip(layout, old, "spymaster_2.duckdb", "k between 10 and 14")
    page.run()
    assert [error.value for error in page.exception] == []
    assert [caption.value for caption in page.caption] == [
        "zero gamma 6,765.12, call wall 6,800.00, put wall none, all strikes +150.0 million",
        "spymaster_2.duckdb, times in America/New_York",
    ]
    assert [info.value for info in page.info] == []
    assert len(page.get("vega_lite_chart")) == 4
    for catalog in (old, layout.link.resolve()):
        # refused while this program holds the file open to read
        duckdb.connect(catalog).close()


def bars(page: AppTest) -> dict[str, float]:
    """Return the length of the calls' and the puts' bars of the only strike, in $ million."""
    chart = page.get("vega_lite_chart")[-1].proto
    tables = [pa.ipc.open_stream(dataset.data.data).read_all() for dataset in chart.datasets]
    (table,) = (table for table in tables if "millions" in table.column_names)
    return {row["of"]: row["millions"] for row in table.to_pylist()}


def test_a_set_of_expiries_takes_in_the_nearer_ones(page: AppTest, layout: Layout) -> None:
    flip(layout, layout.link.resolve(), "spymaster_2.duckdb", "k = 14")
    for expiries, count in (("0dte", 1), ("5d", 2), ("all", 3)):
        page.session_state["expiries"] = expiries
        page.run()
        assert bars(page) == {"calls": 14.0 * count, "puts": -2.0 * count}


def test_a_warehouse_without_a_catalog_says_so(page: AppTest, layout: Layout) -> None:
    layout.link.unlink()
    page.run()
    (error,) = page.error
    assert error.value.startswith(f"{layout.root}: no catalog yet")
    assert not page.exception


def test_a_column_of_the_strip_is_the_mean_pressure_of_half_a_minute(
    modules: None, layout: Layout
) -> None:
    import questions

    target = layout.link.resolve()
    asked = {"session": date(2024, 3, 5), "level": "PM_HIGH"}
    strip = questions.ask(target, questions.LADDER, **asked)
    with duck.read_only(target) as connection:
        rows = connection.execute(
            'select bucket_end, "offset", price, ask_pull_add, bid_pull_add from ladder_5s'
        ).fetchall()
        ((level,),) = connection.execute("select distinct price from states_5s").fetchall()
    bins: dict[tuple[datetime, int], list[float]] = {}
    outer = {}
    for bucket_end, offset, price, ask, bid in rows:
        sides = [side for side in (ask, None if bid is None else -bid) if side is not None]
        since_open = bucket_end - BUCKET - datetime(2024, 3, 5, 14, 30)
        start = datetime(2024, 3, 5, 14, 30) + since_open // COLUMN * COLUMN
        if sides:
            bins.setdefault((start, offset), []).append(fmean(sides))
        outer[offset] = price
    found = {(row.bin_start.to_pydatetime(), row.offset): row for row in strip.itertuples()}
    assert set(found) == set(bins)
    for key, values in bins.items():
        assert found[key].pressure == pytest.approx(fmean(values), abs=1e-12)
        offset = key[1]
        assert found[key].bin_end - found[key].bin_start == COLUMN
        low, high = sorted((outer[offset], outer[offset] - sign(offset) * 0.75))
        assert (found[key].low, found[key].high) == (low - 0.125, high + 0.125)
    assert outer[0] == level


def sign(number: int) -> int:
    return (number > 0) - (number < 0)
