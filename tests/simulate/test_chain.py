"""A simulated chain is a set of vendor files that are as its truth says."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import databento
import numpy as np
import pytest
import QuantLib as ql  # noqa: N813
from numpy.typing import NDArray

from simulate.chains import UNDEF, Played, play, worth
from simulate.sessions import DAY, read
from spymaster.land import land
from spymaster.settings import Settings
from spymaster.simulate.options.classes import listed
from spymaster.simulate.options.smile import RATE, Smile, call_price
from spymaster.simulate.options.worth import price
from spymaster.simulate.realism.replay import Replay
from spymaster.symbols import option_parents
from spymaster.units import E9, NEW_YORK, NS_PER_SECOND, local_ns, to_ns

NICKEL, FIVE, QUARTER = 50_000_000, 5 * E9, 250_000_000


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    return play(tmp_path_factory.mktemp("chain"))


@pytest.fixture(scope="module")
def mids(played: Played) -> dict[int, float]:
    """The future's mid at whole seconds, points, from its own records."""
    records = read(played.written.mbo)
    replay = Replay(0)
    found, bounds = (
        {},
        np.arange(played.truth["start_ns"], played.truth["end_ns"], NS_PER_SECOND, dtype=np.uint64),
    )
    cuts = [0, *np.searchsorted(records["ts_event"], bounds).tolist()]
    snapshot = int((records["flags"] & 32 != 0).sum())
    cuts = [max(cut, snapshot) if cut else 0 for cut in cuts]
    for bound, first, end in zip(bounds.tolist(), cuts, cuts[1:], strict=False):
        replay.follow([records[first:end]] if end > first else [])
        bid, _, ask, _ = replay._quotes
        found[bound] = (bid + ask) / 8
    return found


def test_the_vendors_client_reads_every_file(played: Played) -> None:
    counts = []
    for path in played.written.chain.files:
        store = databento.DBNStore.from_bytes(path.read_bytes())
        assert store.dataset == "GLBX.MDP3"
        counts.append(len(store.to_ndarray()))
    assert sum(counts) == played.written.chain.records
    assert min(counts) > 100


def test_the_chain_lands_beside_its_future(played: Played, tmp_path: Path) -> None:
    settings = Settings(warehouse=tmp_path)
    outcomes = {landing.outcome for landing in land(played.written.files, settings)}
    assert outcomes == {"landed"}


def test_every_premium_is_on_its_grid(played: Played) -> None:
    outright = np.isin(played.tbbo["instrument_id"], list(played.options))
    own = np.isin(played.bbo["instrument_id"], list(played.options))
    prices = [played.tbbo["price"][outright]]
    prices += [played.bbo[own][f"{side}_px_00"] for side in ("bid", "ask")]
    for found in prices:
        premium = found[found != UNDEF]
        assert (premium > 0).all()
        assert (premium[premium <= FIVE] % NICKEL == 0).all()
        assert (premium[premium > FIVE] % QUARTER == 0).all()
        assert (premium <= FIVE).any()
        assert (premium > FIVE).any()


def test_the_truth_explains_every_quote_to_within_half_its_spread(
    played: Played, mids: dict[int, float]
) -> None:
    wrong, checked = 0, 0
    stale = _episodes(played, "stale")
    for row in played.bbo[:: len(played.bbo) // 4_000]:
        at, number = int(row["ts_recv"]), int(row["instrument_id"])
        bid, ask = int(row["bid_px_00"]), int(row["ask_px_00"])
        if number not in played.options or UNDEF in (bid, ask) or bid >= ask:
            continue
        if any(start <= at < end for start, end in stale[number]):
            continue
        fair = worth(played, number, mids[at], at) * E9
        wrong += abs(fair - (bid + ask) / 2) > (ask - bid) / 2
        checked += 1
    assert checked > 2_000
    assert wrong == 0


def _episodes(played: Played, kind: str) -> dict[int, list[tuple[int, int]]]:
    found = defaultdict(list)
    for gap in played.gaps:
        if gap["kind"] == kind:
            found[gap["instrument_id"]].append((gap["start_ns"], gap["end_ns"]))
    return found


def test_calls_and_puts_are_at_parity_with_their_own_future(
    played: Played, mids: dict[int, float]
) -> None:
    opened = played.truth["start_ns"]
    first = {int(row["instrument_id"]): row for row in played.bbo if row["ts_recv"] == opened}
    gaps = []
    for number, option in played.options.items():
        code = played.classes[option["code"]]
        quotes = [first.get(number), first.get(number + 1)]
        if option["right"] == "P" or code["style"] == "A" or None in quotes:
            continue
        if any(row[f"{side}_px_00"] == UNDEF for row in quotes for side in ("bid", "ask")):
            continue
        call, put = ((row["bid_px_00"] + row["ask_px_00"]) / 2 / E9 for row in quotes)
        half = sum(row["ask_px_00"] - row["bid_px_00"] for row in quotes) / 2 / E9
        years = (code["expires_ns"] - opened) / (365 * 86_400 * E9)
        forward = mids[opened] + code["basis"]
        parity = np.exp(-played.truth["rate"] * years) * (forward - option["strike"])
        gaps.append(abs(call - put - parity) / half)
    assert len(gaps) > 100
    assert max(gaps) <= 1.0
    assert np.median(gaps) < 0.5


def test_each_kind_of_gap_has_a_real_share(played: Played) -> None:
    shares = played.truth["shares"]
    assert 0.02 < shares["zero_bid"] < 0.15
    assert 0.001 < shares["no_ask"] < 0.01
    assert 0.0005 < shares["none"] < 0.01
    assert 0.004 < shares["stale"] < 0.03
    assert 0.00001 < shares["locked_crossed"] < 0.001


def test_the_shares_are_those_of_the_records(played: Played) -> None:
    """Carries each option's last record forward, second by second."""
    start, end = played.truth["start_ns"], played.truth["end_ns"]
    held: dict[str, int] = defaultdict(int)
    for number in played.options:
        rows = played.bbo[played.bbo["instrument_id"] == number]
        until = [*rows["ts_recv"][1:].tolist(), end]
        for row, last in zip(rows, until, strict=True):
            bid, ask = int(row["bid_px_00"]), int(row["ask_px_00"])
            held[_state(bid, ask)] += (last - int(row["ts_recv"])) // NS_PER_SECOND
    count = len(played.options) * (end - start) // NS_PER_SECOND
    assert sum(held.values()) == count
    for state in ("zero_bid", "no_ask", "none", "locked_crossed"):
        assert held[state] / count == pytest.approx(played.truth["shares"][state], abs=1e-12)


def _state(bid: int, ask: int) -> str:
    if bid == UNDEF:
        return "none" if ask == UNDEF else "zero_bid"
    if ask == UNDEF:
        return "no_ask"
    return "locked_crossed" if bid >= ask else "ok"


def test_a_stale_quote_stays_while_its_option_changes_in_worth(played: Played) -> None:
    changed = defaultdict(list)
    for row in played.bbo:
        changed[int(row["instrument_id"])].append(int(row["ts_recv"]))
    kept = 0
    others = [_episodes(played, kind) for kind in ("no_ask", "none", "crossed")]
    for number, episodes in _episodes(played, "stale").items():
        traded = played.tbbo["ts_event"][played.tbbo["instrument_id"] == number]
        for start, end in episodes:
            spoiled = any(
                first < end + 1 and start < last for one in others for first, last in one[number]
            )
            if spoiled or ((traded > start - NS_PER_SECOND) & (traded < end)).any():
                continue
            assert not [at for at in changed[number] if start <= at < end]
            kept += 1
    assert kept > 20


def test_a_trade_meets_the_quote_that_its_option_showed(played: Played) -> None:
    shown: dict[int, list[np.void]] = defaultdict(list)
    for row in played.bbo:
        shown[int(row["instrument_id"])].append(row)
    compared = 0
    for trade in played.tbbo:
        number = int(trade["instrument_id"])
        if number not in played.options:
            continue
        quote = [row for row in shown[number] if row["ts_recv"] <= trade["ts_event"]][-1]
        for field in ("bid_px_00", "ask_px_00", "bid_sz_00", "ask_sz_00"):
            assert trade[field] == quote[field]
        side = {b"B": "ask", b"A": "bid"}.get(bytes(trade["side"]))
        if side is not None:
            assert trade["price"] == trade[f"{side}_px_00"]
        assert trade["bid_px_00"] <= trade["price"] <= trade["ask_px_00"]
        compared += 1
    assert compared > 1_000


def test_a_record_of_a_second_carries_the_last_trade(played: Played) -> None:
    trades: dict[int, list[np.void]] = defaultdict(list)
    for row in played.tbbo:
        trades[int(row["instrument_id"])].append(row)
    for row in played.bbo[::7]:
        before = [
            one for one in trades[int(row["instrument_id"])] if one["ts_event"] <= row["ts_recv"]
        ]
        if not before:
            assert (row["ts_event"], row["price"], row["side"]) == (2**64 - 1, UNDEF, b"N")
            continue
        for field in ("ts_event", "price", "size", "side"):
            assert row[field] == before[-1][field]


def test_planted_flow_is_where_and_when_it_was_planted(played: Played) -> None:
    assert {flow["aggressor"] for flow in played.truth["flows"]} == {"A", "B"}
    for flow in played.truth["flows"]:
        own = played.tbbo[played.tbbo["instrument_id"] == flow["instrument_id"]]
        within = own[(own["ts_event"] >= flow["start_ns"]) & (own["ts_event"] < flow["end_ns"])]
        bought, sold = (int(within["size"][within["side"] == side].sum()) for side in (b"B", b"A"))
        assert (bought, sold) == (flow["bought"], flow["sold"])
        sign = 1 if flow["aggressor"] == "B" else -1
        assert sign * (bought - sold) > 0.5 * (bought + sold) > 0


def test_walls_hold_many_times_what_their_neighbours_hold(played: Played) -> None:
    assert len(played.truth["walls"]) == 2 * len(played.truth["classes"])
    final = played.statistics[played.statistics["stat_type"] == 9]
    held = {int(row["instrument_id"]): int(row["quantity"]) for row in final}
    for wall in played.truth["walls"]:
        number = wall["instrument_id"]
        assert held[number] == wall["open_interest"]
        same = [
            held[other]
            for other, option in played.options.items()
            if (option["code"], option["right"]) == (wall["code"], wall["right"])
            and other != number
        ]
        assert wall["open_interest"] > 3 * max(same)


def test_open_interest_is_published_twice_and_describes_the_day_before(played: Played) -> None:
    counts = played.statistics[played.statistics["stat_type"] == 9]
    first, final = np.split(counts, 2)
    assert (first["ts_recv"] < final["ts_recv"]).all()
    assert (first["quantity"] <= final["quantity"]).all()
    assert set(final["quantity"].tolist()) == {o["open_interest"] for o in played.options.values()}
    assert set(counts["ts_ref"].tolist()) == {to_ns(datetime(2025, 2, 28, tzinfo=UTC))}


def test_definitions_say_what_an_option_is(played: Played) -> None:
    rows = played.definitions[np.isin(played.definitions["instrument_class"], (b"C", b"P"))]
    assert len(rows) == len(played.options)
    for row in rows:
        option = played.options[int(row["instrument_id"])]
        code = played.classes[option["code"]]
        symbol = f"{option['code']} {option['right']}{option['strike']}"
        assert row["raw_symbol"].decode() == symbol == option["raw_symbol"]
        assert row["strike_price"] == option["strike"] * E9
        assert row["cfi"].decode() == f"O{option['right']}{code['style']}FPS"
        assert row["unit_of_measure_qty"] == 50 * E9
        assert row["underlying_id"] == code["future_id"]
        assert row["underlying"].decode() == code["future"]
        assert row["expiration"] == code["expires_ns"]
        assert row["user_defined_instrument"] == b"N"


def test_spreads_are_instruments_of_their_own_and_trade(played: Played) -> None:
    spreads = played.definitions[played.definitions["user_defined_instrument"] == b"Y"]
    assert set(spreads["instrument_class"].tolist()) == {b"T", b"M"}
    assert all(symbol.startswith(b"UD:") for symbol in spreads["raw_symbol"].tolist())
    assert set(spreads["leg_count"].tolist()) == {2}
    numbers = set(spreads["instrument_id"].tolist())
    assert not numbers & set(played.options)
    trades = played.tbbo[np.isin(played.tbbo["instrument_id"], list(numbers))]
    assert len(trades) == played.truth["spread_trades"] > 20
    legs = set(spreads["leg_instrument_id"].tolist())
    futures = {code["future_id"] for code in played.truth["classes"]}
    assert legs <= set(played.options) | futures


def test_the_same_arguments_write_the_same_chain(tmp_path: Path) -> None:
    made = [
        play(tmp_path / name, start=time(9, 30), end=time(9, 32), seed=seed).written.chain
        for name, seed in (("a", 3), ("b", 3), ("c", 4))
    ]
    one, same, other = ([path.read_bytes() for path in each.files] for each in made)
    assert one == same
    assert all(first != second for first, second in zip(one[1:], other[1:], strict=True))
    assert made[0].truth.read_bytes() == made[1].truth.read_bytes()


def test_a_chain_that_ends_before_the_open_is_quoted_all_along(tmp_path: Path) -> None:
    played = play(tmp_path, start=time(8, 0), end=time(8, 2))
    assert played.bbo["ts_recv"][0] == local_ns(DAY, time(8), NEW_YORK)
    assert len(played.bbo) > len(played.options)


@pytest.mark.parametrize(
    ("session", "codes", "futures"),
    [
        # the first Tuesday; the quarterly in the morning; the month's last day delivers the next
        (
            date(2024, 3, 5),
            ["E1BH4", "E1CH4", "EW2H4", "ESH4", "EWH4"],
            ["ESH4", "ESH4", "ESH4", "ESH4", "ESM4"],
        ),
        # a quarterly Friday: its afternoon delivers the next future, its morning the old one
        (
            date(2024, 12, 20),
            ["ESZ4", "EW3Z4", "E4AZ4", "EWZ4"],
            ["ESZ4", "ESH5", "ESH5", "ESH5"],
        ),
        # a fifth Friday is the month's last day
        (date(2024, 8, 30), ["EWQ4", "E1AU4", "ESU4"], ["ESU4", "ESU4", "ESU4"]),
        # a Sunday after a month's last day of trading
        (date(2024, 6, 30), ["E1AN4", "E1BN4", "EW1N4"], ["ESU4"] * 3),
        (date(2025, 1, 2), ["E1DF5", "EW1F5", "EWF5"], ["ESH5", "ESH5", "ESH5"]),
    ],
)
def test_classes_are_named_and_deliver_as_the_calendar_says(
    session: date, codes: list[str], futures: list[str]
) -> None:
    found = listed(session)
    assert [each.code for each in found] == codes
    assert [each.future.symbol for each in found] == futures
    for each in found:
        local = each.expires.astimezone(NEW_YORK).time()
        assert local == (time(9, 30) if each.is_american else time(16, 0))
        assert each.is_american == (each.asset == "ES")
        assert each.expires_ns >= local_ns(session, time(9, 30), NEW_YORK)


def test_every_class_has_a_parent_that_is_asked_for() -> None:
    days = [date(2024, 1, 1) + timedelta(days=n) for n in range(366)]
    assets = {f"{each.asset}.OPT" for day in days for each in listed(day)}
    assert len(assets) > 20
    assert assets <= set(option_parents("ES"))


def test_an_option_is_not_quoted_after_it_expired(tmp_path: Path) -> None:
    played = play(tmp_path, session=date(2024, 12, 20), start=time(9, 29), end=time(9, 33))
    morning = played.classes["ESZ4"]["expires_ns"]
    own = [number for number, each in played.options.items() if each["code"] == "ESZ4"]
    for records in (played.bbo, played.tbbo):
        last = records["ts_recv"][np.isin(records["instrument_id"], own)]
        assert len(last) > 20
        assert (last <= morning).all()


def test_the_smile_gives_calls_that_fall_and_bend_with_the_strike() -> None:
    strikes = np.arange(6_000.0, 7_500.0, 5.0)
    for years in (0.25 / 365, 1 / 365, 30 / 365):
        smile = Smile(0.14, 0.3, -0.5, 0.9)
        vols = smile.vol(np.array(6_800.0), strikes, np.array(years))
        calls = call_price(np.array(6_800.0), strikes, np.array(years), vols)
        assert (np.diff(calls) < 1e-3).all()
        assert (np.diff(calls, 2) > -1e-3).all()


@pytest.mark.parametrize("days", [1, 10, 30])
def test_an_american_option_is_worth_what_a_lattice_says(days: int) -> None:
    strikes: NDArray[np.float64] = np.repeat(np.arange(6_400.0, 7_201.0, 100.0), 2)
    right = np.tile([1, -1], len(strikes) // 2)
    smile = Smile(0.15, 0.0, 0.0, 0.9)
    years = np.full((1, 1), days / 365)
    found = price(smile, np.full((1, 1), 6_800.0), strikes, right, years, is_american=True)[0]
    today = ql.Date(1, 3, 2024)
    ql.Settings.instance().evaluationDate = today
    count = ql.Actual365Fixed()
    rate = ql.YieldTermStructureHandle(ql.FlatForward(today, RATE, count))
    vol = ql.BlackVolTermStructureHandle(ql.BlackConstantVol(today, ql.NullCalendar(), 0.15, count))
    future = ql.QuoteHandle(ql.SimpleQuote(6_800.0))
    engine = ql.QdFpAmericanEngine(
        ql.BlackProcess(future, rate, vol), ql.QdFpAmericanEngine.highPrecisionScheme()
    )
    for strike, sign, own in zip(strikes.tolist(), right.tolist(), found.tolist(), strict=True):
        kind = ql.Option.Call if sign == 1 else ql.Option.Put
        option = ql.VanillaOption(
            ql.PlainVanillaPayoff(kind, strike), ql.AmericanExercise(today, today + days)
        )
        option.setPricingEngine(engine)
        is_out = sign * (6_800.0 - strike) <= 0
        assert own == pytest.approx(option.NPV(), abs=0.03 if is_out else 0.2)
