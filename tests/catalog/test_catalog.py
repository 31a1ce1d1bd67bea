"""What readers see: one complete set, described, and theirs for as long as they hold it."""

import re
import shutil
import sys
from datetime import time
from pathlib import Path

import pytest

from desk import FRI, MON, WED, Desk
from spymaster import operations, read
from spymaster.catalog import write as catalog
from spymaster.definitions import discover
from spymaster.errors import ModelError, MovedError
from spymaster.warehouse import duck
from spymaster.warehouse.columns import SQL
from spymaster.warehouse.files import point


def comments(desk: Desk, kind: str, name: str) -> dict[str, str]:
    rows = desk.rows(
        f"select {kind}_name, comment from duckdb_{kind}s() where {name} and comment is not null"
    )
    return dict(rows)


def test_every_relation_and_column_carries_its_comment(desk: Desk) -> None:
    desk.land(MON, 10.0)
    desk.run()
    views = comments(desk, "view", "not internal")
    tables = comments(desk, "table", "schema_name = 'market'")
    assert views["trades"] == "Every trade that landed"
    assert views["days"] == tables["days"] == "One row per session"
    for schema in ("market", "main"):
        columns = comments(desk, "column", f"schema_name = '{schema}' and table_name = 'days'")
        assert columns["lots"] == "lots traded in the window [lots]"
    raw = comments(desk, "column", "schema_name = 'raw' and table_name = 'trades'")
    assert raw["price"] == "price of the trade [1e-9 points]"


def test_what_a_catalog_keeps_is_readable_whichever_release_wrote_it() -> None:
    """DuckDB 2.0 keeps ``if`` as a function, which no 1.x has; ``case`` is the same in both."""
    kept = [*discover.duckdb_macros(SQL), *SQL.glob("staging/*.sql"), SQL / "macros" / "vendor.sql"]
    assert len(kept) > 10
    said = [path.name for path in kept if re.search(r"\bif ?\(", path.read_text(encoding="utf-8"))]
    assert said == []


def test_meta_tells_what_there_is(desk: Desk) -> None:
    desk.land(MON, 10.0, 11.0)
    desk.land(WED, 12.0)
    desk.run()
    relations = {row[0]: row[1:] for row in desk.rows("from meta.relations")}
    assert relations["market.days"] == (
        *("One row per session", "session", "session end", 2, 2),
        "days",
    )
    assert relations["raw.trades"][-3:] == (None, 3, "trades")
    assert relations["market.prints"][-3:] == (None, None, "prints")
    assert desk.rows("select name, unit from meta.columns where relation = 'market.lows'") == [
        ("session", "date"),
        ("low", "points"),
    ]
    assert desk.rows("select session, relations from meta.sessions") == [(MON, 3), (WED, 3)]
    for (file,) in desk.rows("select file from meta.files"):
        assert (desk.layout.root / file).exists()


def test_staging_and_raw_show_all_that_landed_and_bare_names_are_models(desk: Desk) -> None:
    desk.land(MON, 10.0)
    desk.run()
    desk.land(WED, 12.0)
    assert operations.publish(desk.settings, sql=desk.sql) is not None
    assert desk.rows("select price from trades order by all") == [(10.0,), (12.0,)]
    assert desk.rows("select price from raw.trades order by all")[0] == (10_000_000_000,)
    assert operations.publish(desk.settings, sql=desk.sql) is None


def test_duckdb_macros_are_there_for_models_and_readers(desk: Desk) -> None:
    desk.write(
        "macros/maths.duckdb.sql", "create macro twice(x) as x * 2; create macro one() as 1;"
    )
    desk.edit("market/lows.sql", "min(price)", "twice(min(price))")
    desk.land(MON, 10.0)
    desk.run()
    assert desk.rows("select low, twice(low), one() from lows") == [(20.0, 40.0, 1)]


def test_duckdb_macros_are_templates(desk: Desk) -> None:
    desk.write("macros/sums.sql", "{% macro double(x) %}({{ x }} + {{ x }}){% endmacro %}")
    maths = "{% import 'macros/sums.sql' as sums %} create macro twice(x) as {{ sums.double('x') }}"
    desk.write("macros/maths.duckdb.sql", maths)
    desk.edit("market/lows.sql", "min(price)", "twice(min(price))")
    desk.land(MON, 10.0)
    desk.run()
    assert desk.rows("select low, twice(low) from lows") == [(20.0, 40.0)]
    desk.edit("macros/sums.sql", "}} + {{", "}} * 2 + 0 * {{")
    assert desk.todo() == {("market.lows", "2024-03-04"): "SQL changed"}


def test_a_duckdb_macro_that_prints_a_variable_is_named(desk: Desk) -> None:
    desk.write("macros/maths.duckdb.sql", "create macro ticks(x) as x / {{ tick_size }};")
    desk.land(MON, 10.0)
    with pytest.raises(ModelError, match=r"sql/macros/maths.duckdb.sql:1: 'tick_size' is undef"):
        desk.run()


def test_a_moved_warehouse_gets_its_catalog_rewritten(desk: Desk, tmp_path: Path) -> None:
    desk.land(MON, 10.0)
    desk.run()
    assert operations.publish(desk.settings, sql=desk.sql) is None
    shutil.move(desk.layout.root, tmp_path / "elsewhere")
    moved = desk.using(warehouse=tmp_path / "elsewhere")
    with pytest.raises(MovedError, match=r"spymaster\.duckdb: was written for another folder"):
        read.tables(moved.settings)
    assert operations.publish(moved.settings, sql=desk.sql) is not None
    assert "market.days" in {relation.name for relation in read.tables(moved.settings)}
    assert moved.rows("from days") == [(MON, 10.0, 1)]
    assert moved.rows("select lots from market.days join lows using (session)") == [(1,)]
    assert moved.run().built == []


def test_three_catalogs_stay_and_an_open_one_keeps_answering(desk: Desk) -> None:
    desk.land(MON, 10.0)
    first = desk.run().published
    assert first is not None
    with duck.read_only(first) as reader:
        for at in range(4):
            desk.land(MON, 11.0 + at, name=f"more {at}")
            desk.run()
        left = sorted(desk.layout.catalogs.glob("*.duckdb"))
        assert len(left) == 3
        notes = {path.with_suffix(".json") for path in left}
        assert set(desk.layout.catalogs.iterdir()) == notes.union(left)
        assert first not in left
        assert desk.layout.link.resolve() == left[-1]
        assert reader.execute("select high from days").fetchall() == [(10.0,)]
        assert reader.execute("select count(*) from lows").fetchall() == [(1,)]
    assert desk.rows("select high from days") == [(14.0,)]


def test_a_copy_that_somebody_made_of_a_catalog_keeps_none_from_being_published(
    desk: Desk,
) -> None:
    desk.land(MON, 10.0)
    desk.run()
    copy = desk.layout.catalogs / f"{desk.layout.link.resolve().stem}_copyZ.duckdb"
    shutil.copy(desk.layout.link, copy)
    desk.land(WED, 11.0)
    assert desk.run().published
    assert desk.rows("select count(*) from days") == [(2,)]
    assert copy.exists()


def test_who_reads_right_after_the_flip_finds_the_note(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.land(MON, 10.0)
    seen = []

    def flip(link: Path, target: Path) -> None:
        point(link, target)
        seen.append([relation.name for relation in read.tables(desk.settings)])

    monkeypatch.setattr(catalog, "point", flip)
    desk.run()
    desk.land(WED, 11.0)
    desk.run()
    assert len(seen) == 2
    assert all("market.days" in names for names in seen)


def test_sessions_of_other_sql_stay_readable_beside_new_ones(desk: Desk) -> None:
    desk.land(MON, 10.0)
    desk.land(WED, 12.0)
    desk.run()
    desk.edit("market/lows.sql", "as low", "as low, count(*) as n")
    desk.edit("market/lows.sql", "lowest trade of the window", "low\n  n: BIGINT | number | trades")
    desk.run("lows", WED)
    assert desk.rows("select session, low, n from lows order by all") == [
        (MON, 10.0, None),
        (WED, 12.0, 1),
    ]


def put_between(desk: Desk, model: str) -> None:
    """Give a model a column between its columns, of the type of the one after it."""
    column = {"lows": "low", "days": "high"}[model]
    desk.edit(f"market/{model}.sql", "select session, ", "select session, max(price) + 1 as top, ")
    desk.edit(f"market/{model}.sql", f"  {column}:", f"  top: DOUBLE | points | new\n  {column}:")


@pytest.mark.parametrize(
    ("model", "column"),
    [("lows", "low"), pytest.param("days", "high", marks=pytest.mark.thorough)],
)
def test_columns_keep_their_values_where_sessions_of_other_sql_are_rebuilt_one_by_one(
    desk: Desk, model: str, column: str
) -> None:
    desk.land(WED, 12.0)
    desk.land(FRI, 14.0)
    desk.run()
    put_between(desk, model)
    asked = f"select session, {column}, top from {model} order by all"
    desk.run(model, FRI)
    assert desk.rows(asked) == [(WED, 12.0, None), (FRI, 14.0, 15.0)]
    desk.run()
    assert desk.rows(asked) == [(WED, 12.0, 13.0), (FRI, 14.0, 15.0)]


@pytest.mark.parametrize(
    ("model", "column"),
    [("lows", "low"), pytest.param("days", "high", marks=pytest.mark.thorough)],
)
def test_columns_keep_their_values_where_the_first_session_is_of_new_sql(
    desk: Desk, model: str, column: str
) -> None:
    desk.land(WED, 12.0)
    desk.land(FRI, 14.0)
    desk.run()
    put_between(desk, model)
    asked = f"select session, {column}, top from {model} order by all"
    desk.run(model, FRI)
    desk.land(MON, 10.0)
    desk.run(model, MON)
    assert desk.rows(asked) == [(MON, 10.0, 11.0), (WED, 12.0, None), (FRI, 14.0, 15.0)]
    desk.run()
    assert desk.rows(asked) == [(MON, 10.0, 11.0), (WED, 12.0, 13.0), (FRI, 14.0, 15.0)]


def test_partitions_of_other_types_stay_readable_until_they_are_rebuilt(desk: Desk) -> None:
    desk.land(MON, 10.0)
    desk.land(WED, 12.0)
    desk.run()
    # of lows only the header changes: its type comes from what it reads
    desk.edit("market/prints.sql", "session, price,", "session, price::decimal(9, 2) as price,")
    for name, before in (("prints", "price:   DOUBLE "), ("lows", "low:     DOUBLE ")):
        desk.edit(f"market/{name}.sql", before, before.replace("DOUBLE ", "DECIMAL(9,2) "))
    desk.edit("market/days.sql", "max(price)", "max(price)::double")
    asked = "select session, low::double from lows order by all"
    told = "select data_type from duckdb_columns() where column_name = 'low'"
    for selector, kind in ((("lows", WED), "DOUBLE"), ((), "DECIMAL(9,2)")):
        desk.run(*selector)
        assert desk.rows(asked) == [(MON, 10.0), (WED, 12.0)]
        assert desk.rows(told) == [(kind,)] * 2
        assert desk.rows("select distinct typeof(low) from lows") == [(kind,)]


def test_a_model_that_is_gone_leaves_the_catalog(desk: Desk) -> None:
    desk.land(MON, 10.0)
    desk.run()
    (desk.sql / "market/lows.sql").unlink()
    assert desk.run().published is not None
    assert desk.rows("select * from meta.files where relation = 'market.lows'") == []


def test_render_gives_sql_that_runs_on_the_catalog(desk: Desk) -> None:
    desk.land(MON, 10.0, 11.0)
    keeping = desk.using(keep=("market.prints",))
    keeping.run()
    query = operations.render(keeping.settings, "days", sql=desk.sql)
    assert keeping.rows(query) == [(MON, 11.0, 2)]


def test_a_column_is_traced_without_binding_what_is_known_to_bind(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Binding is most of the time that it takes, and gives no more than the headers promise."""
    bound = str(operations.lineage(desk.settings, "ranks.last_high", sql=desk.sql))
    desk.land(MON, 10.0)
    desk.run()
    monkeypatch.setattr(sys.modules["spymaster.operations.lineage"], "bind", None)
    assert str(operations.lineage(desk.settings, "ranks.last_high", sql=desk.sql)) == bound


def test_lineage_of_a_model_and_of_a_column_ends_at_what_landed(desk: Desk) -> None:
    assert str(operations.lineage(desk.settings, "lows", sql=desk.sql)) == (
        "market.lows\n  market.prints\n    staging.trades\n      raw.trades"
    )
    column = operations.lineage(desk.settings, "ranks.last_high", sql=desk.sql)
    assert str(column) == (
        "levels.ranks.last_high\n  market.days.high\n    market.prints.price\n"
        "      staging.trades.price\n        raw.trades.price"
    )


def everything(desk: Desk) -> dict[str, list[tuple[object, ...]]]:
    """Return all that a reader can see of the catalog: rows, columns, comments, macros."""
    said = {
        "columns": "select schema_name, table_name, column_name, data_type, comment"
        " from duckdb_columns() where database_name <> 'temp' and not internal order by all",
        "views": "select schema_name, view_name, comment from duckdb_views()"
        " where not internal order by all",
        "files": "select relation, file from meta.files order by all",
        "macros": "select schema_name, function_name, parameters::varchar, macro_definition"
        " from duckdb_functions() where not internal order by all",
    }
    found = {name: desk.rows(query) for name, query in said.items()}
    for schema, name, _ in found["views"]:
        if name == "prints":  # refuses, with the text of its macro
            continue
        found[f"{schema}.{name}"] = desk.rows(f'from {schema}."{name}" order by all')
    for name in ("days", "relations", "columns", "sessions"):
        schema = "market" if name == "days" else "meta"
        found[f"{schema}.{name}"] = desk.rows(f"from {schema}.{name} order by all")
    return found


def renewals(desk: Desk) -> int:
    ((count,),) = desk.rows("select renewals from meta.catalog")
    return int(count)


def test_a_renewed_catalog_says_the_same_as_one_written_whole(desk: Desk) -> None:
    desk.write("macros/maths.duckdb.sql", "create macro twice(x, y := 2) as x * y;")
    desk.land(MON, 10.0)
    desk.land(FRI, 11.0)
    desk.run()
    desk.land(WED, 12.0)
    desk.land(MON, 14.0, name="again", replace=True)
    desk.run()
    assert renewals(desk) == 1
    assert desk.run().published is None
    assert [row[0] for row in desk.rows("select session from market.days")] == [MON, WED, FRI]
    renewed = everything(desk)
    desk.layout.link.unlink()
    operations.publish(desk.settings, sql=desk.sql)
    assert renewals(desk) == 0
    assert everything(desk) == renewed


def test_every_catalog_is_of_the_storage_that_is_promised(desk: Desk) -> None:
    for day, count in ((MON, 0), (WED, 1)):
        desk.land(day, 10.0)
        desk.run()
        assert renewals(desk) == count
        told = "select tags['storage_version'] from duckdb_databases() where path is not null"
        assert desk.rows(told) == [(f"{catalog.STORAGE[:4]}.0+",)]


def test_the_first_session_only_renews_the_catalog_of_what_landed_before_it(desk: Desk) -> None:
    early = desk.using(window_start=time(4), window_end=time(5))
    early.land(MON, 10.0)
    early.run()
    blank = everything(desk)
    assert blank["market.lows"] == []
    desk.run()
    assert renewals(desk) == 1
    filled = everything(desk)
    assert filled["market.lows"] == [(MON, 10.0)]
    for what in ("columns", "views"):
        assert filled[what] == blank[what]
    desk.layout.link.unlink()
    operations.publish(desk.settings, sql=desk.sql)
    assert everything(desk) == filled


def test_a_relation_whose_last_file_was_removed_is_empty_again(desk: Desk) -> None:
    desk.land(MON, 10.0)
    desk.run()
    for path in desk.layout.root.glob("models/market.lows/*/*.parquet"):
        path.unlink()
    desk.land(WED, 12.0)
    desk.run("days")
    assert renewals(desk) == 1
    assert desk.rows("from lows") == []
    assert desk.rows("select high from days order by all") == [(10.0,), (12.0,)]


def test_no_view_has_to_be_found_from_where_the_warehouse_lies(desk: Desk, tmp_path: Path) -> None:
    for day, price in ((MON, 10.0), (WED, 12.0)):
        desk.land(day, price)
    desk.run()
    odd = desk.using(warehouse=tmp_path / "it's a b, 50% | #'x'")
    shutil.move(desk.layout.root, odd.layout.root)
    operations.publish(odd.settings, sql=desk.sql)
    with duck.in_memory(tmp_path / "spill") as reader:
        link = str(odd.layout.link).replace("'", "''")
        reader.execute(f"attach '{link}' as elsewhere (read_only)")
        for name in ("market.lows", "lows", "main.lows"):
            rows = reader.execute(f"select low from elsewhere.{name} order by all").fetchall()
            assert rows == [(10.0,), (12.0,)]
        ((price,),) = reader.execute("select min(price) from elsewhere.raw.trades").fetchall()
        assert price == 10_000_000_000


def test_a_catalog_is_written_whole_when_what_it_promises_changes(desk: Desk) -> None:
    desk.land(MON, 10.0)
    desk.run()
    desk.edit("market/days.sql", "max(price)", "max(price) + 1")
    desk.run()
    assert renewals(desk) == 1
    desk.edit("market/days.sql", "doc: One row", "doc: A row")
    desk.run()
    assert renewals(desk) == 0
    assert comments(desk, "table", "schema_name = 'market'")["days"] == "A row per session"


@pytest.mark.thorough
def test_a_catalog_does_not_grow_by_being_renewed(desk: Desk) -> None:
    desk.land(MON, 10.0)
    desk.run()
    sizes = [desk.layout.link.resolve().stat().st_size]
    for number in range(1, 6):
        desk.land(MON, 10.0, name=f"file {number}", replace=True)
        desk.run()
        assert renewals(desk) == number
        sizes.append(desk.layout.link.resolve().stat().st_size)
    assert set(sizes) == {sizes[0]}
