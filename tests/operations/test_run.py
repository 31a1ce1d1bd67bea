"""What a run builds, what it leaves alone, and why."""

import json
from hashlib import sha256

import pytest

from desk import FRI, MON, WED, WRITTEN, Desk
from spymaster.errors import LockedError, UsageError
from spymaster.warehouse import duck
from spymaster.warehouse.ledger import Ledger
from spymaster.warehouse.lock import writer


def test_a_first_run_builds_every_written_model_of_every_session(desk: Desk) -> None:
    desk.land(MON, 10.0, 11.0)
    desk.land(WED, 12.0, 9.0)
    report = desk.run()
    assert report.exit_code == 0
    assert sorted((b.relation, b.session) for b in report.built) == sorted(
        (name, day) for name in WRITTEN for day in (MON, WED)
    )
    assert desk.rows("select * from market.days order by all") == [(MON, 11.0, 2), (WED, 12.0, 2)]
    assert desk.rows("select * from ranks order by all") == [(MON, 11.0, None), (WED, 12.0, 11.0)]


def test_a_second_run_builds_nothing_and_publishes_nothing(desk: Desk) -> None:
    desk.land(MON, 10.0)
    first = desk.run()
    second = desk.run()
    assert first.published is not None
    assert (second.built, second.published, second.skipped) == ([], None, 3)


def test_a_comment_or_layout_edit_rebuilds_nothing(desk: Desk) -> None:
    desk.land(MON, 10.0)
    desk.run()
    desk.edit("market/days.sql", "select session,", "-- why not\nselect\n    session, /* this */")
    desk.edit("market/days.sql", "doc: One row per session", "doc: One row for each session")
    desk.edit("macros/vendor.sql", "{%- macro", "{#- Prices. -#}\n{%- macro")
    assert desk.todo() == {}
    assert desk.run().built == []


def test_a_changed_query_rebuilds_it_and_what_reads_it(desk: Desk) -> None:
    desk.land(MON, 10.0)
    desk.land(WED, 12.0)
    desk.run()
    desk.edit("market/days.sql", "max(price)", "max(price) + 1")
    assert desk.todo() == {
        ("market.days", "2024-03-04"): "SQL changed",
        ("levels.ranks", "2024-03-04"): "upstream market.days changed",
        ("market.days", "2024-03-06"): "SQL changed",
        ("levels.ranks", "2024-03-06"): (
            "upstream market.days changed, upstream market.days of 2024-03-04 changed"
        ),
    }
    desk.run()
    assert desk.rows("from ranks order by all") == [(MON, 11.0, None), (WED, 13.0, 11.0)]


def test_a_changed_macro_rebuilds_what_is_made_with_it(desk: Desk) -> None:
    desk.land(MON, 10.0)
    desk.run()
    desk.edit("macros/vendor.sql", "/ 1e9", "/ 1e8")
    assert set(desk.todo().values()) == {
        "upstream staging.trades changed",
        "upstream market.days changed",
    }


def test_a_changed_duckdb_macro_rebuilds_what_calls_it(desk: Desk) -> None:
    both = "create macro twice(x) as x * 2; create macro half(x) as x / 2;"
    desk.write("macros/maths.duckdb.sql", both)
    desk.edit("market/lows.sql", "min(price)", "twice(min(price))")
    desk.land(MON, 10.0)
    desk.run()
    desk.edit("macros/maths.duckdb.sql", "as x * 2", "as -- doubled\n  x * 2")
    assert desk.todo() == {}
    desk.edit("macros/maths.duckdb.sql", "x / 2", "x * 0.5")
    assert desk.todo() == {}
    desk.edit("macros/maths.duckdb.sql", "x * 2", "x + x")
    assert desk.todo() == {("market.lows", "2024-03-04"): "SQL changed"}


@pytest.mark.parametrize(
    "half",
    [
        "create macro half(x) as",
        "create or replace macro main.half(x) as",
        "create macro if not exists half(x) as",
    ],
)
@pytest.mark.parametrize("called", ["half", "quarter"])
def test_a_changed_duckdb_macro_rebuilds_what_calls_it_through_another(
    desk: Desk, half: str, called: str
) -> None:
    desk.write(
        "macros/maths.duckdb.sql", f"{half} x / 2; create macro quarter(x) as half(half(x));"
    )
    desk.edit("market/lows.sql", "min(price)", f"{called}(min(price))")
    desk.land(MON, 10.0)
    desk.run()
    desk.edit("macros/maths.duckdb.sql", "x / 2", "x * 2")
    assert desk.todo() == {("market.lows", "2024-03-04"): "SQL changed"}


def test_a_changed_duckdb_macro_rebuilds_what_calls_it_in_a_constant(desk: Desk) -> None:
    desk.write("macros/maths.duckdb.sql", "create macro half(x) as x / 2;")
    top = "constants: {top: select half(max(price)) from market.prints}"
    desk.edit("market/lows.sql", "as_of:", f"{top}\nas_of:")
    desk.edit("market/lows.sql", "min(price)", "min(price) + getvariable('top')")
    desk.land(MON, 10.0)
    desk.run()
    desk.edit("macros/maths.duckdb.sql", "x / 2", "x * 2")
    assert desk.todo() == {("market.lows", "2024-03-04"): "SQL changed"}


def test_constants_that_swap_their_names_rebuild_what_reads_them(desk: Desk) -> None:
    top, count = "select max(price) from market.prints", "select count(*) from market.prints"
    desk.edit("market/lows.sql", "as_of:", f"constants: {{a: {top}, b: {count}}}\nas_of:")
    desk.edit("market/lows.sql", "min(price)", "min(price) + getvariable('a')")
    desk.land(MON, 10.0)
    desk.run()
    desk.edit("market/lows.sql", f"{{a: {top}, b: {count}}}", f"{{b: {top}, a: {count}}}")
    assert desk.todo() == {("market.lows", "2024-03-04"): "SQL changed"}


def test_a_changed_model_that_is_not_written_is_named_to_its_readers(desk: Desk) -> None:
    desk.land(MON, 10.0)
    desk.run()
    desk.edit("market/prints.sql", "where", "where size > 0 and")
    assert desk.todo()["market.days", "2024-03-04"] == "upstream market.prints changed"


def test_a_moved_window_names_the_setting(desk: Desk) -> None:
    from datetime import time

    desk.land(MON, 10.0)
    desk.run()
    todo = desk.using(window_start=time(9, 45)).todo()
    assert todo["market.lows", "2024-03-04"] == "setting window_start changed"


def test_a_setting_that_no_model_prints_rebuilds_nothing(desk: Desk) -> None:
    desk.land(MON, 10.0)
    desk.run()
    assert desk.using(band_ticks=8).todo() == {}


def test_a_new_file_rebuilds_its_session_and_what_looks_back_at_it(desk: Desk) -> None:
    for day in (MON, WED, FRI):
        desk.land(day, 10.0)
    desk.run()
    desk.land(MON, 15.0, name="late")
    assert desk.todo() == {
        ("market.days", "2024-03-04"): "landed files of trades changed",
        ("market.lows", "2024-03-04"): "landed files of trades changed",
        ("levels.ranks", "2024-03-04"): "upstream market.days changed",
        ("levels.ranks", "2024-03-06"): "upstream market.days of 2024-03-04 changed",
    }
    desk.run()
    assert desk.rows("from ranks where session = '2024-03-06'") == [(WED, 10.0, 15.0)]


LOOKING_BACK = {
    "levels/spans.sql": ("market.days: 2", "market.days", "two sessions back"),
    "levels/totals.sql": ("staging.trades: 1", "staging.trades", "landed files of the one before"),
    "levels/chains.sql": ("levels.ranks: 1", "levels.ranks", "what itself looks back"),
}
"""Lookback, upstream and what is special, beside levels.ranks."""


def test_landing_again_rebuilds_its_session_and_what_looks_back_in_each_way(desk: Desk) -> None:
    for name, (lookback, upstream, doc) in LOOKING_BACK.items():
        query = f"select date '{{{{ session }}}}' as session, count(*) as n from {upstream}"
        columns = "{session: DATE | date | day, n: BIGINT | rows | seen}"
        head = f"doc: {doc}\ngrain: [session]\nas_of: end\nlookback: {{{lookback}}}"
        desk.write(name, f"{{#---\n{head}\ncolumns: {columns}\n---#}}\n{query}\n")
    for day in (MON, WED, FRI):
        desk.land(day, 10.0)
    desk.run()
    own = {"market.days", "market.lows", "levels.ranks"} | {
        f"levels.{name}" for name in ("spans", "totals", "chains")
    }
    desk.land(MON, 15.0, 16.0, name="again", replace=True)
    found = {day: {model for model, at in desk.todo() if at == str(day)} for day in (MON, WED, FRI)}
    assert found == {
        MON: own,
        WED: {"levels.ranks", "levels.spans", "levels.totals", "levels.chains"},
        FRI: {"levels.spans", "levels.chains"},
    }
    assert len(desk.run().built) == 12
    assert desk.rows("select n from totals order by session") == [(2,), (3,), (2,)]
    desk.land(FRI, 12.0, name="late")
    assert {at for _, at in desk.todo()} == {str(FRI)}
    assert {model for model, _ in desk.todo()} == own


@pytest.mark.parametrize(("own", "steps"), [(2, 1), (1, 2)])
def test_landing_again_rebuilds_what_looks_back_farthest_itself_or_in_a_step(
    desk: Desk, own: int, steps: int
) -> None:
    for name, count, upstream in (
        ("levels/steps/near.sql", steps, "market.days"),
        ("levels/far.sql", own, "market.days, levels.near"),
    ):
        columns = "{session: DATE | date | day, n: BIGINT | rows | seen}"
        head = f"doc: Past\ngrain: [session]\nas_of: end\nlookback: {{market.days: {count}}}"
        query = f"select date '{{{{ session }}}}' as session, count(*) as n from {upstream}"
        desk.write(name, f"{{#---\n{head}\ncolumns: {columns}\n---#}}\n{query}\n")
    for day in (MON, WED, FRI):
        desk.land(day, 10.0)
    desk.run()
    desk.land(MON, 15.0, name="late")
    assert desk.todo("levels.far")["levels.far", str(FRI)] == (
        "upstream market.days of 2024-03-04 changed"
    )


def test_a_session_that_lands_between_two_becomes_the_one_looked_back_at(desk: Desk) -> None:
    desk.land(MON, 10.0)
    desk.land(FRI, 12.0)
    desk.run()
    desk.land(WED, 11.0)
    desk.run()
    assert desk.rows("from ranks where session = '2024-03-08'") == [(FRI, 12.0, 11.0)]


def test_a_partition_file_that_is_gone_is_built_again(desk: Desk) -> None:
    desk.land(MON, 10.0)
    (build,) = [b for b in desk.run().built if b.relation == "market.lows"]
    desk.layout.model_partition("market.lows", MON, build.fingerprint).unlink()
    assert desk.todo() == {("market.lows", "2024-03-04"): "partition file is gone"}
    assert [b.relation for b in desk.run().built] == ["market.lows"]


def test_a_selected_model_brings_its_outdated_upstream_of_earlier_sessions(desk: Desk) -> None:
    desk.land(MON, 10.0)
    desk.land(WED, 12.0)
    report = desk.run("ranks", WED)
    assert [(b.relation, b.session) for b in report.built] == [
        ("market.days", MON),
        ("market.days", WED),
        ("levels.ranks", WED),
    ]
    assert desk.rows("from ranks") == [(WED, 12.0, 10.0)]


def test_a_relation_as_long_as_the_day_is_written_on_request_without_touching_its_readers(
    desk: Desk,
) -> None:
    desk.land(MON, 10.0, 11.0)
    desk.run()
    keeping = desk.using(keep=("market.prints",))
    assert [b.relation for b in keeping.run().built] == ["market.prints"]
    assert desk.rows("select price from market.prints") == [(10.0,), (11.0,)]
    desk.run(change_settings=True)
    assert desk.rows("select count(*) from prints") == [(2,)]


def test_what_was_not_kept_says_so_whatever_is_asked_of_it(desk: Desk) -> None:
    queries = [
        "from market.prints",
        "from prints",
        "from market.prints('2024-03-04')",
        "select count(*) from prints",
        "from prints where session = '2024-03-06'",
        "from prints where price > 5 limit 1",
        "select * from days left join prints using (session)",
    ]
    desk.land(MON, 10.0, 11.0)
    desk.run()
    for query in queries:
        with pytest.raises(duck.DuckError) as caught:
            desk.rows(query)
        assert duck.message(caught.value) == (
            "Invalid Input Error: market.prints is as long as the raw day and was not kept: "
            'set keep = ["market.prints"] in spymaster.toml and run again'
        ), query
    desk.using(keep=("market.prints",)).run()
    for query in queries:
        desk.rows(query)


def test_what_is_kept_and_not_there_yet_has_no_rows(desk: Desk) -> None:
    desk.land(MON, 10.0)
    desk.run()
    desk.using(keep=("market.prints",)).run("lows")
    assert desk.rows("from prints") == []


def test_a_step_is_a_table_inside_the_build_and_nothing_outside(desk: Desk) -> None:
    desk.move("market/prints.sql", "market/steps/prints.sql")
    desk.land(MON, 10.0, 11.0)
    assert sorted(b.relation for b in desk.run().built) == sorted(WRITTEN)
    assert desk.rows("select lots from days") == [(2,)]
    assert desk.rows("select * from meta.relations where relation = 'market.prints'") == []


def test_looking_back_at_staging_shows_earlier_landed_files(desk: Desk) -> None:
    desk.write(
        "market/totals.sql",
        """
        {#---
        doc: Trades of this session and the one before
        grain: [session]
        as_of: session end
        lookback: {staging.trades: 1}
        columns:
          session: DATE   | date   | trading date
          trades:  BIGINT | number | trades
        ---#}
        select date '{{ session }}' as session, count(*) as trades from staging.trades
        """,
    )
    for at, day in enumerate((MON, WED, FRI), 1):
        desk.land(day, *[10.0] * at)
    desk.run()
    assert desk.rows("from totals order by all") == [(MON, 1), (WED, 3), (FRI, 5)]
    assert desk.rows("from days order by all") == [(MON, 10, 1), (WED, 10, 2), (FRI, 10, 3)]


def test_nothing_landed_is_no_error_and_publishes_empty_relations(desk: Desk) -> None:
    report = desk.run()
    assert report.built == []
    assert desk.rows("select count(*) from days") == [(0,)]
    assert desk.rows("select column_type from (describe raw.trades)")[0] == ("UBIGINT",)


def test_an_unknown_session_says_which_exist(desk: Desk) -> None:
    with pytest.raises(UsageError, match="no session 2024-03-08: nothing has landed"):
        desk.run(None, FRI)
    desk.land(MON, 10.0)
    with pytest.raises(UsageError, match="no session 2024-03-08: there is 2024-03-04"):
        desk.plan(None, FRI)


def test_a_selector_names_models(desk: Desk) -> None:
    desk.land(MON, 10.0)
    desk.run()
    for selector, named in {
        "days": {"market.days"},
        "market.days+": {"market.days", "levels.ranks"},
        "+levels.ranks": {"market.days", "levels.ranks"},
        "staging.trades+": set(WRITTEN),
        "market.*": {"market.days", "market.lows"},
        "sql/market": {"market.days", "market.lows"},
        "sql/market/lows.sql": {"market.lows"},
    }.items():
        assert {step.model for step in desk.plan(selector)} == named, selector


def test_an_unknown_selector_names_what_comes_near(desk: Desk) -> None:
    with pytest.raises(UsageError, match=r"no model is called 'dayz'; near: market\.days"):
        desk.plan("dayz")


def test_a_selector_of_what_is_never_written_says_so(desk: Desk) -> None:
    with pytest.raises(UsageError, match=r"market\.prints leaves no partition"):
        desk.plan("prints")


def test_a_second_writer_is_told_who_holds_the_warehouse(desk: Desk) -> None:
    with (
        writer(desk.layout, "spymaster land"),
        pytest.raises(LockedError, match="spymaster land"),
    ):
        desk.run()


def test_what_a_fingerprint_is_made_of_is_kept_as_text_in_order(desk: Desk) -> None:
    symbol = 'Ä "q" \\ %s {0}'
    odd = desk.using(instrument=symbol)
    odd.edit("market/lows.sql", "prints\n", "prints\nwhere '{{ instrument }}' <> ''\n")
    odd.land(MON, 10.0)
    odd.land(WED, 12.0)
    odd.run()
    kept = {}
    for build in Ledger(odd.layout).builds():
        kept[build.relation, build.session] = parts = json.loads(build.reasons)
        written = json.dumps(parts, sort_keys=True, separators=(",", ":"))
        assert build.reasons == written
        assert build.fingerprint == sha256(written.encode()).hexdigest()[:16]
    assert len(kept) == 6
    assert kept["market.lows", MON]["settings"]["instrument"] == symbol
    assert list(kept["levels.ranks", WED]["lookback"]) == ["market.days of 2024-03-04"]
    assert odd.todo() == {}
