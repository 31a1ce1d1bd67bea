"""The records are spelled as the exchange spells them, and their book adds up."""

from datetime import time

import numpy as np
import pytest

from simulate.sessions import read, short
from spymaster.land.dbn import Records
from spymaster.simulate.realism.replay import Replay

pytestmark = pytest.mark.thorough

F_LAST, F_SNAPSHOT = 128, 32


@pytest.fixture(scope="module")
def mbo(tmp_path_factory: pytest.TempPathFactory) -> Records:
    written = short(tmp_path_factory.mktemp("mbo"), rate=0.2, end=time(9, 58))
    return read(written.mbo)


@pytest.fixture(scope="module")
def events(mbo: Records) -> list[Records]:
    live = mbo[mbo["flags"] & F_SNAPSHOT == 0]
    return np.split(live, np.flatnonzero(live["flags"] & F_LAST)[:-1] + 1)


@pytest.fixture(scope="module")
def traded(events: list[Records]) -> list[Records]:
    return [event for event in events if (event["action"] == b"T").any()]


def parts(event: Records, action: bytes) -> Records:
    return event[event["action"] == action]


def test_the_day_begins_with_a_clear_and_a_snapshot(mbo: Records) -> None:
    snapshot = mbo[mbo["flags"] & F_SNAPSHOT != 0]
    assert snapshot["action"][0] == b"R"
    assert set(snapshot["action"][1:].tolist()) == {b"A"}
    assert set(snapshot["flags"][:-1].tolist()) == {40}
    assert snapshot["flags"][-1] == 168
    assert (snapshot["ts_recv"] == snapshot["ts_recv"][0]).all()
    assert (snapshot["ts_event"] < snapshot["ts_recv"]).all()


def test_time_and_sequence_never_run_backwards(mbo: Records) -> None:
    assert (np.diff(mbo["ts_recv"].astype(np.int64)) >= 0).all()
    assert (np.diff(mbo["sequence"].astype(np.int64)) >= 0).all()
    live = mbo[mbo["flags"] & F_SNAPSHOT == 0]
    assert (live["ts_recv"] > live["ts_event"]).all()


def test_every_price_is_on_the_grid(mbo: Records) -> None:
    assert (mbo["price"][1:] % 250_000_000 == 0).all()


def test_the_book_never_crosses_and_no_order_is_unknown(mbo: Records) -> None:
    replay = Replay(0).follow([mbo])
    assert (replay.n_crossed, replay.n_unknown) == (0, 0)


def test_an_event_happens_at_one_time(events: list[Records]) -> None:
    assert all((event["ts_event"] == event["ts_event"][0]).all() for event in events)


def test_what_traded_is_what_the_other_side_filled(traded: list[Records]) -> None:
    for event in traded:
        trades, fills = parts(event, b"T"), parts(event, b"F")
        taker = trades["side"][0]
        assert trades["size"].sum() == fills["size"][fills["side"] != taker].sum()


def test_fills_leave_as_whole_orders_or_lower_sizes(traded: list[Records]) -> None:
    ends = [parts(event, action) for event in traded for action in (b"C", b"M")]
    assert all((end["action"] == end["action"][0]).all() for end in ends if len(end))
    assert sum(len(parts(event, b"M")) for event in traded) > 100
    assert sum(len(parts(event, b"C")) for event in traded) > 100


def test_icebergs_keep_or_raise_their_size_after_a_fill(
    mbo: Records, traded: list[Records]
) -> None:
    sizes = _sizes_before_modifies(mbo)
    modifies = np.concatenate([parts(event, b"M") for event in traded])
    kept = [row for row in modifies if row["size"] >= sizes[row["order_id"], row["ts_event"]]]
    assert 0 < len(kept) < 0.1 * len(modifies)


def _sizes_before_modifies(mbo: Records) -> dict[tuple[int, int], int]:
    resting: dict[int, int] = {}
    before = {}
    for row in mbo[np.isin(mbo["action"], (b"A", b"M"))]:
        order = row["order_id"]
        if row["action"] == b"M":
            before[order, row["ts_event"]] = resting[order]
        resting[order] = row["size"]
    return before


def test_some_fills_meet_an_order_that_never_showed(mbo: Records, traded: list[Records]) -> None:
    shown = mbo["order_id"][mbo["action"] == b"A"]
    fills = np.concatenate([parts(event, b"F") for event in traded])
    share = 1 - np.isin(fills["order_id"], shown).mean()
    assert 0 < share < 0.05


def test_some_resting_orders_trade_by_being_modified(traded: list[Records]) -> None:
    own = [event for event in traded if event["order_id"][0] in parts(event, b"F")["order_id"]]
    assert own
    for event in own:
        fill = parts(event, b"F")[0]
        cancel = parts(event, b"C")[0]
        assert fill["side"] == event["side"][0]
        assert cancel["order_id"] == fill["order_id"]
        assert cancel["price"] != fill["price"]


def test_some_orders_are_replaced_within_one_event(events: list[Records]) -> None:
    pairs = [event for event in events if event["action"].tolist() == [b"C", b"A"]]
    assert len(pairs) > 0.01 * len(events)
    sizes = np.array([event["size"].astype(np.int64) for event in pairs])
    assert (abs(sizes[:, 0] - sizes[:, 1]) <= 1).all()


def test_some_trades_go_through_several_prices(traded: list[Records]) -> None:
    assert any(len(set(parts(event, b"T")["price"].tolist())) > 1 for event in traded)
