"""What the past says of sessions that were landed and built: no future in it, and in words."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from contextlib import closing, nullcontext
from dataclasses import replace
from datetime import UTC, date, time, timedelta
from math import sqrt
from pathlib import Path
from statistics import NormalDist, mean
from typing import Any
from unittest import mock

import pytest
from typer.testing import CliRunner

from first_use import Used
from setups.conftest import UNTIL
from setups.history import ENDS, World, again, simulated
from spymaster import setups
from spymaster.cli.app import app
from spymaster.errors import UsageError
from spymaster.features import Registry
from spymaster.land import land
from spymaster.operations import plan
from spymaster.read.catalog import catalog
from spymaster.settings import Settings
from spymaster.setups import asked as questions
from spymaster.setups import evaluate, outcomes, search, similar, verdict
from spymaster.warehouse import duck
from spymaster.warehouse.columns import SQL

RELATIONS = (
    *("setups.decisions", "setups.segments", "setups.vectors", "setups.outcomes", "setups.walks"),
    *("analogs.norms", "analogs.relevance", "analogs.neighbours", "analogs.cards"),
    *("analogs.candidates", "analogs.weights", "analogs.looks", "analogs.forecasts"),
    "analogs.reliability",
)


def rows(settings: Settings, query: str) -> list[tuple[Any, ...]]:
    with catalog(settings) as connection:
        return connection.execute(query).fetchall()


def days(settings: Settings) -> list[date]:
    return [
        day for (day,) in rows(settings, "select distinct session from setups.walks order by 1")
    ]


def test_neither_the_order_of_landing_nor_what_comes_later_changes_a_row(
    history: Settings, used: Used, tmp_path: Path
) -> None:
    """Of eight sessions three are landed alone, out of order: what is known of them is the same."""
    first, second, third = days(history)[:3]
    used(tmp_path / "warehouse")
    other = again(tmp_path, history, [third, first, second])
    for relation in RELATIONS:
        query = f"from {relation} where session <= date '{third}' order by all"
        assert rows(history, query) == rows(other, query), relation
    assert rows(other, "select count(*) from analogs.neighbours") > [(0,)]


def test_another_day_landed_in_an_earlier_ones_place_makes_what_later_ones_recall_stale(
    history: Settings, tmp_path: Path
) -> None:
    """Of its own session all is stale, of those before nothing, of later ones analogs alone.

    But for the next four, whose levels are made of that day's prices too.
    """
    moved = replace(history, warehouse=tmp_path / "warehouse")
    shutil.copytree(history.warehouse, moved.warehouse, symlinks=True)
    first, second, *later = days(history)
    assert {step.action for step in plan(moved, ENDS[1]).steps} == {"skip"}
    other = World("W0", 1, first_seed=99, end=UNTIL)
    made = simulated(tmp_path / "other", second, other, other.first_seed)
    land(made.future_files, moved, replace=True)
    stale: dict[date, set[str]] = {}
    for end in ENDS:
        for day, models in plan(moved, end).todo.items():
            stale.setdefault(day, set()).update(models)
    analogs = {name for name in RELATIONS if name.startswith("analogs.")}
    assert first not in stale
    assert {*RELATIONS, "pressure.touches", "book.flow_5s"} <= stale[second]
    assert set(stale) == {second, *later}
    assert all(analogs < stale[day] for day in later[:4])
    assert all(stale[day] == analogs for day in later[4:])


def test_no_neighbour_is_of_the_same_or_a_later_session(history: Settings) -> None:
    later = "select count(*) from {} where neighbour_session >= session"
    assert rows(history, later.format("analogs.neighbours")) == [(0,)]
    assert rows(history, later.format("analogs.cards")) == [(0,)]
    assert rows(history, "select count(*) from analogs.neighbours")[0][0] > 100
    assert evaluate(history).leaks == 0


def test_a_search_finds_what_the_build_found(history: Settings) -> None:
    """By each level of a few touches, at every wait: the same odds and cards, to the bit."""
    searched = set()
    asked = rows(
        history,
        "select cluster_id, unnest(level_ids), touched_at, wait_s, decided_at from setups.decisions"
        f" inner join pressure.touches using (session, cluster_id)"
        f" where session = date '{days(history)[5]}' and touched_at = bucket_end"
        " order by len(level_ids) = 1, touched_at, wait_s limit 12",
    )
    for cluster, level, touched_at, wait, decided_at in asked:
        local = decided_at.replace(tzinfo=UTC).astimezone(history.zone)
        found = similar(history, level, session=days(history)[5], at=local.time())
        if found.moment.touched_at != touched_at:
            continue  # another touch of that level came since
        searched.add((wait, level == cluster))
        assert (found.moment.wait_s, found.moment.is_touch) == (wait, True)
        where = (
            f"where session = date '{days(history)[5]}' and cluster_id = '{cluster}'"
            f" and touched_at = '{touched_at}' and wait_s = {wait}"
        )
        for relation, own in {"forecasts": found.forecasts, "cards": found.cards}.items():
            wanted = rows(history, f"from analogs.{relation} {where} order by all")
            assert sorted(map(repr, wanted)) == sorted(repr(tuple(row.values())) for row in own)
    assert searched == {(wait, is_first) for wait in history.setup_waits for is_first in (0, 1)}


def test_a_search_between_touches_has_a_level_and_a_time(history: Settings) -> None:
    found = similar(history, "PLACEBO_0", at=time(9, 52, 20))
    assert found.moment.touched_at <= found.moment.at
    assert {row["horizon_s"] for row in found.forecasts} == set(history.setup_horizons)
    assert all(card["neighbour_session"] < found.moment.session for card in found.cards)
    assert max(card["rank"] for card in found.cards) <= history.analog_k


def test_how_near_the_past_comes_is_the_same_however_many_are_asked_for(
    history: Settings,
) -> None:
    """Of one setup the ten nearest say it, as of each that it is held against."""
    few, many = (
        similar(replace(history, analog_k=k), "PLACEBO_0", at=time(9, 52, 20)) for k in (3, 20)
    )
    assert [max(card["rank"] for card in found.cards) for found in (few, many)] == [3, 17]
    for one, other in zip(few.forecasts, many.forecasts, strict=True):
        assert one["coverage"] == other["coverage"] is not None
        assert one["n_eff"] < other["n_eff"]


def test_a_path_goes_from_a_neighbours_decision_along_its_travel(history: Settings) -> None:
    found = similar(history, "PLACEBO_0", at=time(9, 52, 20))
    names = ("neighbour_session", "neighbour_cluster_id", "neighbour_touched_at")
    asked = {tuple(card[name] for name in names) for card in found.cards}
    assert found.paths.keys() == asked
    assert len(asked) > 5
    longest = timedelta(seconds=max(history.setup_horizons))
    for (session, cluster, touched_at), path in found.paths.items():
        ((decided_at, way, tick, dist),) = rows(
            history,
            f"select decided_at, dir, tick, dist_ticks from setups.decisions('{session}')"
            f" where cluster_id = '{cluster}' and touched_at = '{touched_at}'"
            f" and wait_s = {found.moment.wait_s}",
        )
        quotes = rows(
            history,
            f"select bucket_end, bid_tick, ask_tick from market.bbo_5s('{session}')"
            " order by bucket_end",
        )
        assert path == [
            None if bid is None or ask is None else way * ((bid + ask) / 2 - tick) - dist
            for end, bid, ask in quotes
            if decided_at < end <= decided_at + longest
        ]


def test_a_search_says_which_numbers_told_most_and_what_they_are_now(history: Settings) -> None:
    last = days(history)[-1]
    asked = rows(
        history,
        "select cluster_id, touched_at, wait_s, decided_at, v from setups.decisions"
        " inner join setups.vectors using (session, cluster_id, touched_at, wait_s)"
        f" where session = date '{last}' order by touched_at, wait_s",
    )
    learned = "from analogs.relevance inner join analogs.norms using (session, wait_s, dim)"
    searched = 0
    for level, touched_at, wait, decided_at, vector in asked[:6]:
        local = decided_at.replace(tzinfo=UTC).astimezone(history.zone)
        found = similar(history, level, session=last, at=local.time())
        if (found.moment.touched_at, found.moment.wait_s) != (touched_at, wait):
            continue  # another level of its cluster was touched since
        wanted = rows(
            history,
            f"select dim, correlation, centre {learned} where session = date '{last}'"
            f" and wait_s = {wait} and correlation > 0 order by correlation desc, dim limit 3",
        )
        assert len(wanted) == 3
        for told, (dim, correlation, usual) in zip(found.told, wanted, strict=True):
            assert (told["correlation"], told["usual"]) == (correlation, usual)
            assert told["number"] == vector[dim - 1]
            segment, place = divmod(dim - 1, len(vector) // 4)
            assert told["name"].startswith(Registry(SQL).setup[place].name)
            assert told["name"].endswith(("_0_15s", "_15_30s", "_30_60s", "_60_120s")[segment])
        searched += 1
    assert searched


@pytest.mark.parametrize(
    ("level", "given", "said"),
    [
        ("NOWHERE", {}, "NOWHERE: not tracked on .*; there are: .*PLACEBO_0"),
        ("PLACEBO_0", {"at": time(9, 30, 5)}, "no bucket with quotes and a volatility"),
        ("PLACEBO_0", {"at": time(9, 50, 1)}, "no bucket with quotes"),
        ("PLACEBO_0", {"session": date(2020, 1, 1)}, "2020-01-01: no such session is built"),
    ],
)
def test_what_is_not_there_is_named(
    history: Settings, level: str, given: dict[str, Any], said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        similar(history, level, **given)


@pytest.mark.parametrize(
    ("sessions", "said"),
    [
        ([], "latest: no such session is built; none is; run the models first"),
        (["2024-03-05"], "2024-03-05: not built: analogs.norms; run the models first"),
    ],
)
def test_a_search_says_what_is_not_built(tmp_path: Path, sessions: list[str], said: str) -> None:
    with closing(duck.in_memory(tmp_path, threads=1)) as connection:
        connection.execute(
            "create schema market; create schema meta;"
            "create table market.sessions as"
            f" select unnest({sessions}::date[]) as session, 1 as instrument_id;"
            "create table meta.files as select date '2024-03-05' as date,"
            f" unnest({[*search.OF_SESSION, *search.LEARNT[1:]]}) as relation"
        )
        with (
            mock.patch.object(search, "catalog", return_value=nullcontext(connection)),
            pytest.raises(UsageError, match=f"^{re.escape(said)}$"),
            search.opened(Settings(), None),
        ):
            pass


def test_forecasts_are_never_better_than_who_knows_the_hidden_types(history: Settings) -> None:
    found = evaluate(history, truth=history.warehouse.parent / "files")
    assert {(cell.wait_s, cell.horizon_s) for cell in found.cells} == {
        (wait, horizon) for wait in history.setup_waits for horizon in history.setup_horizons
    }
    for cell in found.cells:
        assert cell.oracle is not None
        assert cell.gain.value <= max(cell.oracle, 0) + 0.02
        assert cell.gain.low <= cell.gain.value <= cell.gain.high


def test_a_warm_up_leaves_out_the_first_sessions(history: Settings) -> None:
    whole, later = (evaluate(history, warm_up=count).cells for count in (0, 2))
    assert [cell.sessions - 2 for cell in whole] == [cell.sessions for cell in later]


def wilson(share: float, n: int) -> tuple[float, float]:
    """Return the ends of the 80 % interval of a share that was seen n times (Wilson 1927)."""
    z = NormalDist().inv_cdf(0.9)
    middle, half = share + z * z / (2 * n), z * sqrt(share * (1 - share) / n + (z / (2 * n)) ** 2)
    return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)


def test_shares_of_outcomes_add_up_and_stand_beside_a_walk(history: Settings) -> None:
    names, found = outcomes(history, by=["approach"], wait_s=0)
    assert names[:2] == ["approach", "horizon_s"]
    counted = rows(
        history, "select count(*) from setups.outcomes where outcome is not null and wait_s = 0"
    )
    assert sum(row["n"] for row in found) == counted[0][0]
    each = rows(
        history,
        "select approach, horizon_s, session, outcome, null_break, null_reject, null_chop"
        " from setups.outcomes inner join pressure.touches using (session, cluster_id)"
        " inner join analogs.candidates using (session, cluster_id, touched_at, wait_s, horizon_s)"
        " where touched_at = bucket_end and outcome is not null and wait_s = 0",
    )
    for row in found:
        assert abs(row["break"] + row["reject"] + row["chop"] - 1) < 1e-9
        own = [one for one in each if one[:2] == (row["approach"], row["horizon_s"])]
        assert (row["n"], row["sessions"]) == (len(own), len({one[2] for one in own}))
        for at, name in enumerate(("break", "reject", "chop"), 4):
            share = sum(one[3] == name for one in own) / len(own)
            assert row[name] == share
            assert (row[f"{name}_low"], row[f"{name}_high"]) == pytest.approx(
                wilson(share, len(own))
            )
            assert row[f"{name}_walk"] == pytest.approx(mean(one[at] for one in own))
    with pytest.raises(UsageError, match="NOWHERE: no touch of it"):
        outcomes(history, "NOWHERE", wait_s=0)


def touched(settings: Settings) -> list[tuple[list[str], list[str]]]:
    """Return levels and kinds of each touch that has an outcome of the first wait and horizon."""
    wait, horizon = settings.setup_waits[0], settings.setup_horizons[0]
    return rows(
        settings,
        "select level_ids, kinds from setups.outcomes inner join pressure.touches"
        " using (session, cluster_id) inner join analogs.forecasts"
        " using (session, cluster_id, touched_at, wait_s, horizon_s)"
        " where touched_at = bucket_end and outcome is not null"
        f" and wait_s = {wait} and horizon_s = {horizon}",
    )


def test_outcomes_of_a_level_count_each_touch_that_it_was_part_of(history: Settings) -> None:
    others = {level for levels, _ in touched(history) for level in levels[1:]}
    assert others
    for level in others:
        _, found = outcomes(history, level, wait_s=0)
        assert found[0]["n"] == sum(level in levels for levels, _ in touched(history))


def test_a_touch_is_of_controls_where_all_of_its_levels_are(history: Settings) -> None:
    controls = [
        [
            kind in verdict.CONTROLS or level.startswith("PLACEBO")
            for level, kind in zip(*both, strict=True)
        ]
        for both in touched(history)
    ]
    assert {(one[0], all(one)) for one in controls} == {(True, True), (True, False), (False, False)}
    at = (history.setup_waits[0], history.setup_horizons[0])
    for placebo in (True, False):
        found = evaluate(history, placebo=placebo)
        (n,) = (cell.n for cell in found.cells if (cell.wait_s, cell.horizon_s) == at)
        assert n == sum(all(one) == placebo for one in controls)
    sessions = [row["last_session"] for row in found.record]
    assert len(set(sessions)) == len(sessions) > 1


def place(settings: Settings) -> list[str]:
    return ["--warehouse", str(settings.warehouse)]


def command(settings: Settings, *words: str) -> Any:
    return CliRunner().invoke(app, [*words, *place(settings)])


@pytest.mark.parametrize(
    ("words", "heeded"),
    [
        (["similar", "PM_LOW"], {"k", "min-sessions", "incomplete"}),
        (["outcomes"], {"incomplete"}),
        (["evaluate"], {"incomplete"}),
    ],
)
def test_a_question_takes_no_setting_that_changes_nothing_of_its_answer(
    words: list[str], heeded: set[str]
) -> None:
    for name in ("k", "cap", "blocks", "min-sessions", "incomplete"):
        result = CliRunner().invoke(app, [*words, f"--analog-{name}", "?"])
        refused = "No such option" in result.output
        assert refused == (name not in heeded), (name, result.output)


def test_outcomes_are_of_the_shortest_wait_that_there_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    monkeypatch.setattr(setups, "outcomes", lambda *_, **given: asked.append(given) or ([], []))
    monkeypatch.setenv("SPYMASTER_SETUP_WAITS", "60,30")
    result = CliRunner().invoke(app, ["outcomes", "--warehouse", str(tmp_path)])
    assert (result.exit_code, [one["wait_s"] for one in asked]) == (0, [30]), result.output


def test_too_little_history_is_said_in_words_and_its_cards_are_shown(history: Settings) -> None:
    result = command(history, "similar", "PLACEBO_0", "--at", "09:52:20")
    assert "no history: 9 of 20 sessions, so no odds" in result.stdout, result.output
    assert "80 % interval" not in result.stdout
    assert "most alike:" in result.stdout
    shown = command(
        history, "similar", "PLACEBO_0", "--at", "09:52:20", "--analog-min-sessions", "3"
    )
    assert ("80 % interval" in shown.stdout) == ("told most of a break" in shown.stdout)
    assert "80 % interval" in shown.stdout or "nothing in the past" in shown.stdout, shown.output
    assert ("no claim beyond" in shown.stdout) == ("nothing is claimed of it" in shown.stdout)
    assert command(history, "similar", "PLACEBO_0", "--horizon", "7").exit_code == 2


def test_the_verdict_is_a_table_json_and_a_page_and_a_leak_is_exit_1(
    history: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "new" / "report.HTML"
    result = command(history, "evaluate", "-o", str(page))
    assert result.exit_code == 0, result.output
    assert "*60 s" in result.stdout
    text = page.read_text(encoding="utf-8")
    assert text.count("<figure>") == 3
    assert "Every neighbour is of an earlier session." in text
    assert '"leaks": 0' in command(history, "evaluate", "--json").stdout
    monkeypatch.setattr(verdict, "LEAKS", "select count(*) from analogs.neighbours")
    assert command(history, "evaluate").exit_code == 1


def test_a_search_renders_nothing_and_loads_nothing_large(history: Settings) -> None:
    """Also for other numbers of neighbours, in any session: its SQL is there from the build."""
    code = (
        "import sys; from spymaster.cli.app import app; app(sys.argv[1:], standalone_mode=False);"
        "print('loaded:', *{'jinja2', 'sqlglot', 'numpy', 'pandas', 'numba'} & sys.modules.keys())"
    )
    session = str(days(history)[6])
    asked = ["similar", "PLACEBO_0", "-k", "5", "--at", "09:52:20", "--session", session]
    words = [sys.executable, "-c", code, *asked, *place(history)]
    result = subprocess.run(words, capture_output=True, text=True, check=False)
    assert "The 5 most alike" in result.stdout, result.stderr
    assert result.stdout.splitlines()[-1] == "loaded:"


@pytest.mark.parametrize("by", ["level,level", "level, level", ["level", "level"]])
def test_outcomes_are_told_apart_by_each_thing_once(by: str | list[str]) -> None:
    assert questions.groups(by, "--by") == ["level"]
