"""What a session lacks of its own window is said, and nothing is built of what nobody knows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from first_use import Used
from operations.test_fuzz import OPEN_NS, book
from operations.test_roots_and_days import DAY_NS, asked, moved
from spymaster import operations
from spymaster.definitions.variables import UNKNOWN, Coverage, of_session
from spymaster.land import land
from spymaster.land.dbn import DbnReader, write_dbn
from spymaster.settings import Settings
from spymaster.units import BUCKET_NS, local_ns

HOUR_NS = 3_600 * 10**9
SELECTOR = "+market.sessions"


def write(path: Path, start_ns: int, asked_from: int, until: int) -> Path:
    """Write half a minute of a book from just before a time on, asked for from and until others."""
    records = moved(book(np.random.default_rng(3)), start_ns)
    records = records[records["ts_recv"] < until]
    write_dbn(path, "mbo", records, symbols={"ESH4": 17077}, start_ns=asked_from, end_ns=until)
    return path


@pytest.fixture
def settings(tmp_path: Path, used: Used) -> Settings:
    return Settings(warehouse=used(tmp_path / "warehouse"))


@pytest.mark.thorough
def test_a_run_that_builds_nothing_says_which_hours_landed_and_which_window_is_set(
    settings: Settings, tmp_path: Path
) -> None:
    late = OPEN_NS + 5 * HOUR_NS
    land([write(tmp_path / "late.dbn", late, late, late + HOUR_NS)], settings)
    report = operations.run(settings)
    assert (report.built, report.exit_code) == ([], 0)
    assert report.why_none == (
        "records landed from 2024-01-09 19:29 to 2024-01-09 19:30 UTC, none of them in a window of"
        " 09:30 to 12:30 America/New_York; --window-start and --window-end change it"
    )
    (check,) = (one for one in operations.doctor(settings) if one.name == "sessions")
    assert check.found == f"none: {report.why_none}"
    assert operations.run(replace(settings, window_start=time(12), window_end=time(15))).built


@pytest.mark.thorough
def test_a_tick_that_is_too_small_is_shown_by_the_prices(
    settings: Settings, tmp_path: Path
) -> None:
    day = OPEN_NS // DAY_NS * DAY_NS
    land([write(tmp_path / "day.dbn", OPEN_NS, day, day + DAY_NS)], settings)
    assert operations.run(settings, SELECTOR).incomplete == {}
    report = operations.run(
        replace(settings, tick_size=Decimal("0.025")), SELECTOR, change_settings=True
    )
    assert report.failures == []
    (said,) = report.incomplete.values()
    assert said == "tick_size 0.025 looks too small: all 10 prices are multiples of 0.25"


@pytest.mark.parametrize(
    ("asked_from", "first", "said"),
    [
        (OPEN_NS + HOUR_NS, OPEN_NS + HOUR_NS, "nothing landed before 15:30:00 UTC"),
        pytest.param(
            *(OPEN_NS - HOUR_NS, OPEN_NS + HOUR_NS, "no record before 15:29:55 UTC"),
            marks=pytest.mark.thorough,
        ),
    ],
)
def test_records_that_begin_late_are_missed(
    settings: Settings, tmp_path: Path, asked_from: int, first: int, said: str
) -> None:
    end = OPEN_NS + 3 * HOUR_NS
    land([write(tmp_path / "late.dbn", first, asked_from, end)], settings)
    (found,) = operations.run(settings, SELECTOR).incomplete.values()
    assert found == said


@pytest.mark.parametrize(
    ("left_out", "said"),
    [
        (11, ["the book has no start: orders from before 14:30:06 UTC are not in it"]),
        pytest.param(0, [], marks=pytest.mark.thorough),
    ],
)
def test_a_book_is_not_followed_through_a_hole(
    settings: Settings, tmp_path: Path, left_out: int, said: list[str]
) -> None:
    """Orders of the morning, 100 points higher, may have died in it; a snapshot would say so."""
    before, after = (book(np.random.default_rng(seed)) for seed in (1, 3))
    before = moved(before, OPEN_NS - HOUR_NS)
    before["price"] += 100 * 10**9
    after["order_id"] += 100
    for records, asked_from, until in (
        (before, OPEN_NS - 2 * HOUR_NS, OPEN_NS - HOUR_NS // 2),
        (after[left_out:], OPEN_NS - HOUR_NS // 4, OPEN_NS + 3 * HOUR_NS),
    ):
        path, asked_for = tmp_path / f"{until}.dbn", {"start_ns": asked_from, "end_ns": until}
        write_dbn(path, "mbo", records, symbols={"ESH4": 17077}, **asked_for)
        land([path], settings)
    report = operations.run(settings, SELECTOR)
    assert report.failures == []
    assert [*report.incomplete.values()] == said
    assert asked(settings, "select count(*) > 0, max(price) < 4850 from depth_5s") == [(True, True)]


@pytest.mark.parametrize(
    ("until", "end"),
    [
        (None, 3 * HOUR_NS),
        (0, 0),
        (-1, 0),
        (1, BUCKET_NS),
        (BUCKET_NS, BUCKET_NS),
        (BUCKET_NS + 1, 2 * BUCKET_NS),
        (3 * HOUR_NS - 1, 3 * HOUR_NS),
        (4 * HOUR_NS, 3 * HOUR_NS),
    ],
)
def test_a_window_ends_with_the_last_bucket_of_which_anything_landed(
    until: int | None, end: int
) -> None:
    landed = UNKNOWN if until is None else Coverage(None, None, OPEN_NS + until, None)
    values = of_session(Settings(), date(2024, 1, 9), landed=landed)
    assert values["window_end_ns"] == OPEN_NS + end
    assert values["options_end_ns"] == OPEN_NS + end
    assert values["window_close_ns"] == OPEN_NS + 3 * HOUR_NS


@pytest.mark.thorough
def test_options_end_with_their_own_quotes(simulated: Settings, used: Used, tmp_path: Path) -> None:
    until = local_ns(date(2024, 3, 5), time(9, 35), simulated.zone)
    settings = replace(simulated, warehouse=used(tmp_path / "warehouse"))
    files = simulated.warehouse.parent / "files"
    for path in sorted(files.rglob("*.dbn*")):
        with path.open("rb") as handle:
            reader = DbnReader(handle, str(path))
            header, records = reader.header, np.concatenate([*reader.batches()])
        if "options" in path.parts and header.schema in ("bbo-1s", "tbbo"):
            symbols = {one.symbol: int(one.mapped) for one in header.intervals}
            written = tmp_path / path.name
            write_dbn(
                written,
                header.schema,
                records[records["ts_recv"] < until],
                symbols=symbols,
                start_ns=header.start_ns,
                end_ns=until,
            )
            path = written
        land([path], settings)
    report = operations.run(settings)
    assert report.failures == []
    (said,) = report.incomplete.values()
    assert said == "no option quote landed after 14:35:00 UTC"
    end = datetime.fromtimestamp(until / 1e9, UTC).replace(tzinfo=None)
    for relation in ("chain_5s", "vols_5s", "gex_5s", "gex_profile_5s", "pressure_5s"):
        ((last,),) = asked(settings, f"select max(bucket_end) from options.{relation}")
        assert last == end, relation
    ((last,),) = asked(settings, "select max(bucket_end) from states_5s")
    assert last > end
