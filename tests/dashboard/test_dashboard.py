"""The dashboard shows what the published catalog says, and follows it."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from spymaster.settings import Settings
from spymaster.warehouse import duck
from spymaster.warehouse.files import point
from spymaster.warehouse.layout import Layout

pytestmark = pytest.mark.thorough
FOLDER = Path(__file__).parents[2] / "examples" / "dashboard"
PATIENCE_SECONDS = 60
SECOND = """
    insert into market.sessions
    select * replace (session + interval {} day as session) from market.sessions limit 1
"""
SHOWN = (
    *("pressure.states_5s", "pressure.phases_5s", "pressure.ladder_5s", "pressure.levels_5s"),
    *("pressure.touches", "market.bbo_5s"),
)


def changed(settings: Settings, name: str, query: str) -> str:
    """Return what makes a relation answer a query about ``rows``, for any session asked."""
    files = settings.warehouse / "models" / name / "*" / "*.parquet"
    return (
        f"create or replace macro {name}(day := null) as table with rows as"
        f" (from read_parquet('{files}', hive_partitioning = false)) {query}"
    )


def again(settings: Settings, days: int = 1) -> list[str]:
    """Return what makes the session be there another time, days later and without options."""
    later = (
        "select * replace (coalesce(day, session) as session,"
        " bucket_end + to_days(coalesce(day, session) - session) as bucket_end) from rows"
    )
    return [SECOND.format(days), *(changed(settings, name, later) for name in SHOWN)]


@pytest.fixture(autouse=True)
def main_module(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit leaves its script as the main module, which processes started later would run."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


@pytest.fixture
def layout(simulated: Settings, tmp_path: Path) -> Layout:
    """A warehouse that shows the simulated one, with a link of its own to flip."""
    layout = Layout(tmp_path / "warehouse")
    flip(layout, simulated.warehouse / "spymaster.duckdb", "spymaster_1.duckdb")
    return layout


@pytest.fixture
def modules(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the page find its modules, as ``streamlit run`` does."""
    monkeypatch.syspath_prepend(str(FOLDER))
    yield
    sys.modules.pop("questions", None)


def flip(layout: Layout, source: Path, name: str, *changes: str) -> Path:
    """Publish a copy of a catalog, changed by some statements."""
    target = layout.catalogs / name
    layout.catalogs.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    with duckdb.connect(target) as connection:
        for change in changes:
            connection.execute(change)
    point(layout.link, target)
    return target


@pytest.fixture
def page(layout: Layout, modules: None, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("SPYMASTER_WAREHOUSE", str(layout.root))
    return AppTest.from_file(FOLDER / "app.py", default_timeout=PATIENCE_SECONDS)


def metrics(page: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in page.metric}


def titles(page: AppTest) -> list[str]:
    """Return what the pictures are called."""
    specs: list[dict[str, Any]] = [
        json.loads(chart.proto.spec) for chart in page.get("vega_lite_chart")
    ]
    return [spec.get("vconcat", [spec])[0]["title"]["text"] for spec in specs]


def test_the_page_shows_the_last_bucket_of_the_level(page: AppTest, simulated: Settings) -> None:
    page.run()
    assert [error.value for error in page.exception] == []
    assert page.selectbox(key="session").options == ["2024-03-05"]
    assert page.selectbox(key="level of 2024-03-05").options == ["PM_HIGH"]
    with duck.reader(simulated.warehouse / "spymaster.duckdb") as connection:
        ((mid, level, ticks, net, why),) = connection.execute(
            "select mid, states_5s.price, dist_ticks, net_60s, why_60s from states_5s"
            " inner join bbo_5s using (session, bucket_end) order by bucket_end desc limit 1"
        ).fetchall()
    shown = {"Price": f"{mid:,.2f}", "From the level": f"{ticks:+.1f} ticks"}
    assert metrics(page) | shown == metrics(page)
    (heading,) = (each.value for each in page.subheader)
    assert heading == f"PM_HIGH {level:,.2f}, ESH4, 2024-03-05, New York time"
    assert metrics(page)["Net of the minute"] == ("-" if net is None else f"{net:+.2f}")
    assert (net is None) == (why is not None)
    assert [title[:30] for title in titles(page)] == [
        f"PM_HIGH {level:.2f}, ESH4, Tuesday 2024-03-05"[:30],
        "Gamma exposure by strike, ESH4 2024-03-05"[:30],
    ]


def test_what_is_not_defined_has_its_reason(
    page: AppTest, layout: Layout, simulated: Settings
) -> None:
    nothing = changed(
        simulated,
        "pressure.states_5s",
        "select * replace (null::double as net_60s, null::double as vacuum_60s,"
        " 'no_flow_above' as why_60s) from rows",
    )
    flip(layout, layout.link.resolve(), "spymaster_2.duckdb", nothing)
    page.run()
    assert [error.value for error in page.exception] == []
    assert [metrics(page)[name] for name in ("Net of the minute", "Vacuum")] == ["-", "-"]
    assert [caption.value for caption in page.caption].count("no flow above") == 2


def test_it_opens_at_the_level_nearest_to_the_price(
    page: AppTest, layout: Layout, simulated: Settings
) -> None:
    another = changed(
        simulated,
        "pressure.states_5s",
        "from rows union all"
        " select * replace ('FAR' as level_id, dist_ticks + 400 as dist_ticks) from rows",
    )
    flip(layout, layout.link.resolve(), "spymaster_2.duckdb", another)
    page.run()
    assert page.selectbox(key="level of 2024-03-05").options == ["PM_HIGH", "FAR"]


def test_it_goes_on_to_a_new_session_and_says_so(
    page: AppTest, layout: Layout, simulated: Settings
) -> None:
    page.run()
    old = layout.link.resolve()
    assert [note.value for note in page.info] == []
    flip(layout, old, "spymaster_2.duckdb", *again(simulated))
    page.run()
    assert [error.value for error in page.exception] == []
    assert page.selectbox(key="session").value.isoformat() == "2024-03-06"
    notes = [note.value for note in page.info]
    assert notes[0] == "New: the session of 2024-03-06."
    assert notes[1].startswith("No gamma by strike: no gamma exposure of 2024-03-06")
    assert "Wednesday 2024-03-06" in titles(page)[0]
    assert page.caption[-1].value == "spymaster_2.duckdb"
    for catalog in (old, layout.link.resolve()):
        # refused while this program holds the file open to read
        duckdb.connect(catalog).close()


def test_who_looks_at_an_earlier_session_stays_there(
    page: AppTest, layout: Layout, simulated: Settings
) -> None:
    two = flip(layout, layout.link.resolve(), "spymaster_2.duckdb", *again(simulated))
    page.run()
    page.selectbox(key="session").select_index(1).run()
    flip(layout, two, "spymaster_3.duckdb", SECOND.format(2))
    page.run()
    assert [error.value for error in page.exception] == []
    assert page.selectbox(key="session").value.isoformat() == "2024-03-05"
    assert page.info[0].value == "New: the session of 2024-03-07."


def test_a_set_of_expiries_is_drawn_as_chosen(page: AppTest) -> None:
    for expiries in ("0dte", "5d", "all"):
        page.session_state["expiries"] = expiries
        page.run()
        (*_, chart) = page.get("vega_lite_chart")
        assert f"expiries: {expiries}." in chart.proto.spec


def test_a_warehouse_without_a_catalog_says_so(page: AppTest, layout: Layout) -> None:
    layout.link.unlink()
    page.run()
    (error,) = page.error
    assert error.value.startswith(f"{layout.root}: no catalog yet")
    assert not page.exception
