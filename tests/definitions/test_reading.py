"""What is wrong with a model is said before anything runs, with file, line and column."""

import re
import tempfile
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from desk import MON, Desk
from spymaster import operations
from spymaster.definitions import discover
from spymaster.definitions.described import shared
from spymaster.definitions.loading import load
from spymaster.definitions.renderer import Renderer
from spymaster.errors import ModelError, UsageError
from spymaster.settings import Settings
from spymaster.warehouse.columns import SQL

HEADER = """
{#---
doc: Something
grain: [session]
as_of: session end
columns:
  session: DATE | date | trading date
---#}
"""


def refused(desk: Desk) -> list[str]:
    """Return the lines of the error that keeps a run from building anything."""
    desk.land(MON, 10.0)
    with pytest.raises(ModelError) as error:
        desk.run()
    assert not desk.layout.link.exists()
    assert not (desk.layout.root / "models").exists()
    return str(error.value).split("\n")


def test_a_missing_column_is_found_before_anything_runs(desk: Desk) -> None:
    desk.edit("market/lows.sql", "min(price) as low", "min(prize) as low")
    (line,) = refused(desk)
    assert line.startswith(
        'sql/market/lows.sql:9:21: Binder Error: Referenced column "prize" not found'
    )


def test_a_missing_column_in_a_macro_is_found_in_the_macro(desk: Desk) -> None:
    desk.edit("macros/vendor.sql", "/ 1e9", "/ scale")
    (line,) = refused(desk)
    assert line.startswith('sql/macros/vendor.sql:2:43: Binder Error: Referenced column "scale"')


POSITIVE = """
{%- macro positive(x) -%}
if(
    {{ x }} > 0,
    {{ x }},
    null
)
{%- endmacro %}
"""
LOOPED = """
{#---
doc: Lowest trade of each session
grain: [session, low]
as_of: session end
columns:
  session: DATE   | date   | trading date
  low:     DOUBLE | points | lowest trade of the window
---#}
{% import 'macros/signs.sql' as signs %}
with lows as (
    select
        {% for name in ('low', 'lower') %}
        {{ signs.positive('min(price)') }} as {{ name }},
        {% endfor %}
        session
    from market.prints
    group by session
)

select
    session,
    low
from lows
"""


def test_rendered_sql_is_indented_as_written(desk: Desk) -> None:
    desk.write("macros/signs.sql", POSITIVE)
    desk.write("market/lows.sql", LOOPED)
    one = """
        if(
            min(price) > 0,
            min(price),
            null
        ) as {}"""
    rendered = operations.render(desk.settings, "lows", sql=desk.sql)
    wanted = f"    select{one.format('low')},{one.format('lower')},\n        session\n    from"
    assert wanted in rendered


def test_a_place_in_a_macro_is_found_however_deep_it_is_indented(desk: Desk) -> None:
    desk.write("macros/signs.sql", POSITIVE.replace("    null", "    prize"))
    desk.write("market/lows.sql", LOOPED)
    (line,) = refused(desk)
    assert line.startswith('sql/macros/signs.sql:5:5: Binder Error: Referenced column "prize"')


def test_no_line_of_a_model_is_rendered_with_spaces_at_its_end() -> None:
    templates = Renderer(SQL, Settings()).session(date(2024, 3, 5))
    models, audits = discover.find(SQL)
    assert [
        source.label
        for source in [*models, *audits]
        if any(line != line.rstrip() for line in templates.render(source.template).splitlines())
    ] == []


def test_what_columns_yml_describes_is_shared() -> None:
    models = load(Settings(), SQL, {}).models.values()
    uses = Counter(column for model in models for column in model.header.columns)
    assert [name for name, column in shared(SQL).items() if uses[column] < 2] == []


def test_a_place_counts_characters_not_bytes(desk: Desk) -> None:
    desk.edit(
        "market/lows.sql", "select session,", "select nullif(session, 'é€'::date) as session,"
    )
    desk.edit("market/lows.sql", "min(price)", "min(prize)")
    (line,) = refused(desk)
    assert line.startswith("sql/market/lows.sql:9:52: ")


def test_all_errors_are_told_at_once_but_not_those_that_follow(desk: Desk) -> None:
    desk.edit("market/lows.sql", "price", "prize")
    desk.edit("market/days.sql", "price", "prize")
    desk.edit("audits/positive.sql", "high", "hight")
    lines = refused(desk)
    assert [line.split(":")[0] for line in lines] == ["sql/market/days.sql", "sql/market/lows.sql"]


def test_a_header_that_drifted_is_reported_with_its_line(desk: Desk) -> None:
    desk.edit("market/days.sql", "high:    DOUBLE", "high:    FLOAT")
    assert refused(desk) == [
        "sql/market/days.sql:7: header says high FLOAT, the query gives DOUBLE",
    ]
    desk.edit("market/lows.sql", "low:     DOUBLE", "lowest:  DOUBLE")
    assert refused(desk) == [
        "sql/market/lows.sql:7: header says lowest, the query has no such column",
        "sql/market/lows.sql:1: the query gives low, "
        "which neither the header nor columns.yml describes",
    ]


SHARED = """
lots: BIGINT | lots | lots traded
high: DOUBLE | points | highest trade of the window
"""


def test_a_column_that_relations_share_is_described_once(desk: Desk) -> None:
    desk.write("columns.yml", SHARED)
    desk.edit("market/days.sql", "  high:    DOUBLE | points | highest trade of the window\n", "")
    desk.edit(
        "levels/ranks.sql", "  high:      DOUBLE | points | highest trade of the window\n", ""
    )
    desk.land(MON, 10.0)
    desk.run()
    said = "select meaning from meta.columns where name = 'high' order by relation"
    assert desk.rows(said) == [("highest trade of the window",)] * 2
    narrower = "select meaning from meta.columns where name = 'lots'"
    assert desk.rows(narrower) == [("lots traded in the window",)]


def test_a_description_that_is_repeated_or_cannot_be_read_is_refused(desk: Desk) -> None:
    desk.write("columns.yml", SHARED)
    assert refused(desk) == [
        "sql/levels/ranks.sql:8: columns.yml describes high in the same words; leave it out",
        "sql/market/days.sql:7: columns.yml describes high in the same words; leave it out",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("lots: BIGINT, lots", "sql/columns.yml: column lots: expected 'TYPE | unit | meaning'"),
        ("a: DATE | date | x\na: DATE | date | y", "sql/columns.yml:2: a is given twice"),
        ("a: [", "sql/columns.yml:2: "),
        ("- a", "sql/columns.yml:1: expected keys and values"),
    ],
)
def test_shared_columns_that_cannot_be_read_are_told_once(desk: Desk, text: str, said: str) -> None:
    desk.write("columns.yml", text)
    (line,) = refused(desk)
    assert line.startswith(said)


def test_the_last_select_names_its_columns(desk: Desk) -> None:
    desk.edit("market/lows.sql", "select session, min(price) as low", "select *")
    desk.edit("market/lows.sql", "group by session", "")
    assert refused(desk) == ["sql/market/lows.sql:1: the last select gives *; name its columns"]


def test_a_type_that_a_file_would_change_is_refused(desk: Desk) -> None:
    desk.edit("market/days.sql", "lots:    BIGINT", "lots:    HUGEINT")
    desk.edit("market/days.sql", "sum(size)::bigint", "sum(size)")
    (line,) = refused(desk)
    assert line == (
        "sql/market/days.sql:8: lots is HUGEINT, which a partition file gives back as DOUBLE;"
        " cast it"
    )


def test_models_bind_whatever_the_temporary_folder_is_called(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "it's ours"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    assert desk.check() == []


def test_a_circle_is_named_with_its_path(desk: Desk) -> None:
    desk.edit("market/prints.sql", "from staging.trades", "from staging.trades, market.lows")
    assert refused(desk) == [
        "models read each other in a circle: market.prints -> market.lows -> market.prints"
    ]


def test_an_unknown_upstream_is_named_with_its_place(desk: Desk) -> None:
    desk.edit("market/days.sql", "from market.prints", "from market.print")
    desk.edit("market/lows.sql", "from market.prints", "from prints")
    days, lows = refused(desk)
    assert days == (
        "sql/market/days.sql:11:6: market.print is no relation; "
        "expected schema.table of a model or of raw; near: market.prints"
    )
    assert lows.startswith("sql/market/lows.sql:10:6: prints names no schema; ")


def test_a_removed_upstream_is_named_with_its_place(desk: Desk) -> None:
    desk.land(MON, 10.0)
    desk.run()
    (desk.sql / "market/days.sql").unlink()
    with pytest.raises(
        ModelError, match=r"sql/levels/ranks\.sql:15:6: market\.days is no relation"
    ):
        desk.run()


def test_an_undefined_variable_is_named_with_its_line(desk: Desk) -> None:
    desk.edit("market/lows.sql", "min(price)", "min(price) * {{ scale }}")
    desk.edit("macros/vendor.sql", "1e9", "{{ nano }}")
    assert refused(desk) == [
        "sql/market/lows.sql:9: 'scale' is undefined",
        "sql/macros/vendor.sql:2: 'nano' is undefined",
    ]


@pytest.mark.parametrize(
    "taken",
    [
        "{% import 'market/days.sql' as days %}",
        "{% include 'macros/price.txt' %}",
        "{% extends 'market/days.sql' %}",
    ],
)
def test_a_template_takes_from_files_of_macros_alone(desk: Desk, taken: str) -> None:
    """What else it took from could change, and nothing would be read again."""
    desk.write("macros/price.txt", "")
    desk.edit("market/lows.sql", "min(price)", f"{taken} min(price)")
    name = taken.split("'")[1]
    (line,) = refused(desk)
    assert line == (
        f"sql/market/lows.sql:9: {name!r} is no file of macros;"
        " allowed: macros/<name>.sql or numerics/<name>.sql"
    )


def test_a_template_error_is_named_with_its_line(desk: Desk) -> None:
    desk.edit("market/lows.sql", "group by", "{% if root %}\ngroup by")
    (line,) = refused(desk)
    assert line.startswith("sql/market/lows.sql:12: Unexpected end of template.")


def test_broken_sql_is_named_with_its_place(desk: Desk) -> None:
    desk.edit("market/lows.sql", "group by session", "group by (session")
    (line,) = refused(desk)
    assert line == "sql/market/lows.sql:11:11: Expecting )"


def test_a_model_is_one_query(desk: Desk) -> None:
    desk.edit("market/lows.sql", "group by session", "group by session; select 1")
    assert refused(desk) == ["sql/market/lows.sql:9:1: expected one query, found 2 statements"]


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("now()", "now"),
        ("current_date", "current_date"),
        ("random ()", "random"),
        ("(select count(*) from read_csv('a.csv'))", "read_csv"),
        ("(select count(*) from parquet_schema('a.parquet'))", "parquet_schema"),
        ("(select count(*) from query('from raw.trades'))", "query"),
        ("(select count(*) from query_table('market.days'))", "query_table"),
        ("current_setting('threads')", "current_setting"),
        ("age(timestamp '2024-03-04')", "age of one time"),
        ("age (greatest(a, age(b, c)))", "age of one time"),
        ("(timestamp '2024-03-04').age()", "age of one time"),
        ("(select count(*) from t using sample 3)", "using sample"),
        ("(select count(*) from t tablesample 3%)", "tablesample"),
    ],
)
def test_a_model_asks_no_clock_no_chance_and_no_file(desk: Desk, asked: str, name: str) -> None:
    """What is called like one, or is text, may stand there."""
    desk.edit("market/lows.sql", "group by session", f"having {asked} is null group by session")
    (line,) = refused(desk)
    assert line.startswith("sql/market/lows.sql:11:")
    assert line.endswith(
        f": {name} asks what no file says; rows hang on what landed and on settings"
    )
    desk.edit("market/lows.sql", f"{asked} is null", "now = 'now()' and \"random\" is null")
    assert "asks" not in "".join(refused(desk))


def test_the_age_of_one_time_at_another_is_no_clock(desk: Desk) -> None:
    told = "min(price) + day(age(date '2024-03-09', (date '2024-03-04' + (0))))"
    desk.edit("market/lows.sql", "min(price)", told)
    desk.land(MON, 10.0)
    assert desk.run().failures == []
    assert desk.rows("select low from lows") == [(15.0,)]


def test_a_constant_asks_no_clock_either(desk: Desk) -> None:
    desk.edit("market/lows.sql", "as_of:", "constants: {a: select now()}\nas_of:")
    (line,) = refused(desk)
    assert line.startswith("sql/market/lows.sql:1: constant a: now asks what no file says")


def test_a_model_gets_no_constant_but_its_own(desk: Desk) -> None:
    """A misspelled one would be null, that of another model whatever was built before."""
    desk.edit("market/lows.sql", "min(price)", "min(price) + getvariable('top')")
    (line,) = refused(desk)
    assert line == (
        "sql/market/lows.sql:9:42: getvariable 'top'; allowed: none, as the header has no constants"
    )
    named = "constants: {tops: select max(price) from market.prints}\nas_of:"
    desk.edit("market/lows.sql", "as_of:", named)
    (line,) = refused(desk)
    assert line == "sql/market/lows.sql:10:42: getvariable 'top'; allowed: tops"
    desk.edit("market/lows.sql", "'top'", "'tops'")
    assert operations.check(desk.settings, sql=desk.sql) == []


@pytest.mark.parametrize("called", ["noisy", "louder"])
def test_a_duckdb_macro_asks_no_clock_for_a_model(desk: Desk, called: str) -> None:
    """Readers of the catalog may have such a macro, and a column may bear its name."""
    noisy = "create macro noisy(x) as x + random(); create macro louder(x) as 2 * noisy(x);"
    desk.write("macros/maths.duckdb.sql", noisy)
    desk.edit("market/lows.sql", "min(price)", f"min({called}(price))")
    assert refused(desk) == [
        f"sql/market/lows.sql:1: macro {called}: random asks what no file says;"
        " rows hang on what landed and on settings"
    ]
    desk.edit("market/lows.sql", f"min({called}(price))", "min(noisy.price)")
    desk.edit("market/lows.sql", "from market.prints", "from market.prints as noisy")
    assert operations.check(desk.settings, sql=desk.sql) == []


def test_a_duckdb_macro_that_is_no_sql_is_told_by_its_file(desk: Desk) -> None:
    desk.write("macros/maths.duckdb.sql", "create macro half(x) as x / 2 || 'open;")
    (line,) = refused(desk)
    assert line.startswith("sql/macros/maths.duckdb.sql:1: Error tokenizing")


def test_a_header_alone_is_no_query(desk: Desk) -> None:
    path = desk.sql / "market/lows.sql"
    path.write_text(path.read_text(encoding="utf-8").split("select")[0], encoding="utf-8")
    assert refused(desk) == ["sql/market/lows.sql: expected one query, found 0 statements"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("doc:", "dok:", ":2: unknown header key dok; allowed: doc, grain, as_of, columns,"),
        ("doc: One row per session\n", "", ":1: header key doc is missing"),
        ("doc: One", "doc: '{{ analog_cap }}'  # ", ":2: doc is shown as it is written; found a"),
        ("grain: [session]", "grain: [day]", ":3: grain day is not a column"),
        ("grain: [session]", "grain : [day]", ":3: grain day is not a column"),
        ("grain: [session]", "grain: session", ":3: expected a list of columns"),
        ("grain: [session]", "grain: [{session: day}]", ":3: expected a list of columns"),
        ("as_of:", "constants: [a]\nas_of:", ":4: expected names and queries, found ['a']"),
        ("as_of:", "constants: {a: 1}\nas_of:", ":4: expected names and queries, found {'a': 1}"),
        ("as_of:", "bare_name: a.b\nas_of:", ":4: bare_name 'a.b' is not a name; allowed: lower"),
        ("as_of:", "bare_name: [a]\nas_of:", ":4: bare_name ['a'] is not a name; allowed: lower"),
        ("as_of: session end", "as_of: x\nmaterialize: view", ":5: unknown header key materialize"),
        ("DATE   | date   | trading", "DATE, trading", ":5: column session: expected 'TYPE | unit"),
        (
            "as_of: session end",
            "as_of: session end\nas_of: now",
            ":5: as_of is given twice",
        ),
        ("as_of: session end", "as_of: [", ":6: "),
        (
            "as_of:",
            "lookback: {market.prints: 0}\nas_of:",
            ":4: lookback of market.prints: expected",
        ),
        ("{#---", "{#--", ":1: expected a header"),
    ],
)
def test_a_wrong_header_is_told_with_its_line(desk: Desk, old: str, new: str, said: str) -> None:
    desk.edit("market/days.sql", old, new)
    assert refused(desk)[0].startswith("sql/market/days.sql" + said)


def test_a_staging_model_cannot_depend_on_the_session(desk: Desk) -> None:
    desk.edit(
        "staging/trades.sql",
        "from raw.trades",
        "from raw.trades where ts_recv < {{ window_end_ns }}",
    )
    assert refused(desk) == [
        "sql/staging/trades.sql: a staging model covers all sessions and cannot use window_end_ns"
    ]


@pytest.mark.parametrize(
    "decided",
    [
        "session | string == '2024-03-04'",
        "session ~ '' == '2024-03-04'",
        "(session ~ '')[:7] == '2024-03'",
        "'2024-03' in session | string",
        "'%s' | format(session) > '2024'",
        "(session ~ '') | replace('-', '') | int > 20240301",
        "(session | string).startswith('2024')",
        "{'2024-03-04': 1}[session | string]",
        "{'2024-03-04': 1}.get(session | string)",
        "session | string is eq '2024-03-04'",
        "(session ~ '') is in ['2024-03-04']",
        "vendor.points(session) == '2024-03-04 / 1e9'",
    ],
)
def test_a_template_cannot_decide_on_what_a_session_was_printed_into(
    desk: Desk, decided: str
) -> None:
    """Its other branch would be in no fingerprint, and an edit of it build nothing."""
    desk.edit(
        "market/lows.sql",
        "min(price) as low",
        "{% import 'macros/vendor.sql' as vendor %}\n{% if "
        + decided
        + " %}min(price){% else %}0{% endif %} as low",
    )
    (line,) = refused(desk)
    assert re.match(r"sql/market/lows.sql:\d+: a template may print a session's time", line)


def test_a_template_prints_a_session_into_any_text(desk: Desk) -> None:
    desk.edit(
        "market/lows.sql",
        "min(price) as low",
        "{% set day = session ~ '' %}min(price) + {{ (day | replace('-', ''))[:4] }} as low",
    )
    desk.land(MON, 10.0)
    assert desk.run().failures == []
    assert desk.rows("select low from market.lows") == [(2_034.0,)]


def test_a_template_cannot_decide_on_a_session_s_time(desk: Desk) -> None:
    desk.edit("market/lows.sql", "group by", "{% if window_start_ns > 0 %}{% endif %}group by")
    (line,) = refused(desk)
    assert line.startswith("sql/market/lows.sql:11: a template may print a session's time")


def test_a_session_s_times_can_be_reckoned_with(desk: Desk) -> None:
    minute = "{{ (window_end_ns - window_start_ns) // (60 * 1000000000) }}"
    desk.edit("market/lows.sql", "min(price)", f"min(price) + {minute}")
    desk.land(MON, 10.0)
    desk.run()
    assert desk.rows("select low from lows") == [(190.0,)]


def test_what_is_looked_back_at_must_be_read_and_written(desk: Desk) -> None:
    desk.edit("market/days.sql", "as_of:", "lookback: {market.lows: 1, market.prints: 2}\nas_of:")
    unread, unwritten = refused(desk)
    assert unread.endswith("days.sql: lookback of market.lows, which the query does not read")
    assert "lookback of market.prints, which leaves no partition" in unwritten


def test_a_view_over_what_is_looked_back_at_is_refused(desk: Desk) -> None:
    desk.edit("market/days.sql", "as_of:", "lookback: {staging.trades: 1}\nas_of:")
    desk.edit("market/days.sql", "from market.prints", "from market.prints, staging.trades as t")
    (line,) = refused(desk)
    assert line.startswith(
        "sql/market/days.sql: market.prints would show 1 earlier sessions of raw.trades"
    )


def test_bare_names_are_unique_over_schemas(desk: Desk) -> None:
    desk.write("levels/days.sql", HEADER + "select date '{{ session }}' as session")
    assert [line.split(";")[0] for line in refused(desk)] == [
        "sql/levels/days.sql: days is the name of another schema's model too",
        "sql/market/days.sql: days is the name of another schema's model too",
    ]


def test_a_model_with_a_bare_name_of_its_own_leaves_its_table_name_to_another(desk: Desk) -> None:
    named = HEADER.replace("doc:", "bare_name: level_days\ndoc:", 1)
    desk.write("levels/days.sql", named + "select date '{{ session }}' as session")
    desk.land(MON, 10.0)
    desk.run()
    names = ("days", "market.days", "level_days", "levels.days")
    (columns, *_), (full, *_), (own, *_), (own_full, *_) = (
        desk.rows(f"select list(column_name) from (describe {name})") for name in names
    )
    assert columns == full != own == own_full == (["session"],)


@pytest.mark.parametrize("name", ["days.sql", "a/b/c.sql", "raw/x.sql", "market/Days-2.sql"])
def test_a_file_in_the_wrong_place_is_refused(desk: Desk, name: str) -> None:
    desk.write(name, HEADER + "select 1")
    (line,) = refused(desk)
    assert line.startswith(f"sql/{name}: ")


def test_keeping_what_is_no_model_is_refused(desk: Desk) -> None:
    with pytest.raises(
        UsageError, match=r"keep: market\.print is not kept on request; allowed: .*market\.prints"
    ):
        desk.using(keep=("market.print",)).run()
