"""What may be asked, in which words, and what is said about a question that is wrong."""

from io import BytesIO, StringIO
from pathlib import Path

import duckdb
import pytest

from desk import Desk
from read.conftest import Ask
from spymaster import read
from spymaster.errors import DataError, LockedError, UsageError
from spymaster.read import formats
from spymaster.settings import Settings
from spymaster.warehouse import duck

WHOLE = ("csv", "json", "jsonl", "parquet", "arrow")
"""Formats that hold every row."""


@pytest.mark.parametrize(
    "sql",
    [
        "select 1",
        "select 1;",
        "-- why\nselect 1 -- because",
        "from days",
        "from market.days",
        "with a as (select 1) select * from a",
        "values (1)",
        "describe days",
        "summarize days",
        "show tables",
        "explain select 1",
        "explain analyze from days",
        "explain (format json) select 1",
        "pivot days on high using count(*)",
        "pivot days on high in (10, 11) using count(*)",
    ],
)
def test_a_statement_that_only_reads_is_answered(ask: Ask, sql: str) -> None:
    assert ask(sql)


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("", "nothing"),
        ("-- only a comment", "nothing"),
        ("select 1; select 2", "SELECT, SELECT"),
        ("insert into days select * from days", "INSERT"),
        ("update days set high = 1", "UPDATE"),
        ("delete from days", "DELETE"),
        ("create table t as select 1", "CREATE"),
        ("create temp table t as select 1; from t", "CREATE, SELECT"),
        ("drop table days", "DROP"),
        ("copy (select 1) to '{folder}/leak.csv'", "COPY"),
        (
            "copy (pivot days on high using count(*)) to '{folder}/leak.csv'",
            "TRANSACTION, .*|MULTI",
        ),
        ("explain analyze copy (select 1) to '{folder}/leak.csv'", "COPY"),
        ("explain (analyze) copy (select 1) to '{folder}/leak.csv'", "COPY"),
        ("/* x */ explain analyze copy (select 1) to '{folder}/leak.csv'", "COPY"),
        ("/* explain */ explain analyze copy (select 1) to '{folder}/leak.csv'", "EXPLAIN"),
        ("export database '{folder}/leak'", "EXPORT"),
        ("attach '{folder}/leak.duckdb'", "ATTACH"),
        ("pragma database_list", "PRAGMA"),
        ("PRAGMA threads=1", "PRAGMA"),
        ("set threads = 1", "SET"),
        ("call pragma_version()", "CALL"),
        ("install httpfs", "LOAD"),
        ("begin", "TRANSACTION"),
        ("vacuum", "VACUUM"),
    ],
)
def test_a_statement_that_could_write_is_refused_and_writes_nothing(
    ask: Ask, tmp_path: Path, sql: str, found: str
) -> None:
    with pytest.raises(UsageError, match=f"^query runs one SELECT; found: ({found})$"):
        ask(sql.format(folder=tmp_path))
    assert not list(tmp_path.iterdir())


def test_the_catalog_cannot_be_written_by_whatever_statement(desk: Desk) -> None:
    with (
        duck.reader(desk.layout.link) as connection,
        pytest.raises(duck.DuckError, match="read-only"),
    ):
        connection.execute("create table market.mine as select 1")


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("selec 1", 'query:1:1: Parser Error: syntax error at or near "selec"'),
        ("select 1\n  form days", 'query:2:8: Parser Error: syntax error at or near "days"'),
        (
            "from dys",
            'query: Catalog Error: Table with name dys does not exist! Did you mean "days"',
        ),
        ("select hig from days", "query: Binder Error: .*hig.*Candidate bindings: .*high"),
        # at the start of the value or at its type, as DuckDB's release has it
        (
            "select 'x'::int",
            r"query:1:1[16]: Conversion Error: Could not convert string 'x' to INT32",
        ),
        ("from read_csv('/nowhere.csv')", "query: IO Error: No files found .*nowhere"),
        ("select error('one\ntwo')", "query: Invalid Input Error: one two"),
    ],
)
@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_an_error_says_in_one_line_what_is_wrong_and_where(
    ask: Ask, sql: str, said: str, form: str
) -> None:
    with pytest.raises(DataError, match=f"^{said}") as raised:
        ask(sql, form)
    assert "\n" not in str(raised.value)


def test_an_error_after_the_first_rows_is_one_line_too(ask: Ask) -> None:
    sql = "select case when range = 140_000 then 'x' else '1' end::int as n from range(150_000)"
    for form in WHOLE:
        with pytest.raises(DataError, match=r"^query:1:\d+: Conversion Error: Could not convert"):
            ask(sql, form)


@pytest.mark.thorough
def test_an_error_long_after_the_first_rows_is_one_line_too(ask: Ask) -> None:
    sql = "select if(range = 2_900_000, 'x', '1')::int as n from range(3_000_000)"
    for form in WHOLE:
        with pytest.raises(DataError, match=r"^query:1:\d+: Conversion Error: Could not convert"):
            ask(sql, form)


@pytest.mark.parametrize("told", [duckdb.InterruptException, duckdb.Error])
def test_what_stopped_a_query_is_told_and_not_that_its_threads_were_stopped(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, told: type[duckdb.Error]
) -> None:
    def stopped(result: object, sink: object) -> None:
        raise told("INTERRUPT Error: Interrupted!")

    monkeypatch.setitem(formats.WRITERS, "csv", stopped)
    with pytest.raises(DataError, match=r"^query:1:11: Conversion Error: Could not convert"):
        ask("select 'x'::int from range(3)", "csv")


def test_a_name_that_is_no_relation_never_finds_a_variable_of_the_program(ask: Ask) -> None:
    for name in ("sql", "connection", "settings", "out"):
        with pytest.raises(DataError, match=f"Table with name {name} does not exist"):
            ask(f"from {name}")


def test_an_unknown_format_is_refused(ask: Ask) -> None:
    with pytest.raises(
        UsageError, match=r"^format 'xml'; allowed: table, box, line, markdown, csv, "
    ):
        ask("select 1", "xml")


def test_a_question_stands_in_an_argument_a_file_or_stdin(tmp_path: Path) -> None:
    file = tmp_path / "question.sql"
    file.write_text("select 'é'", encoding="utf-8")
    no_input = StringIO("select 2")
    assert read.question_of("select 1", no_input).sql == "select 1"
    assert read.question_of(str(file), no_input) == read.Question("select 'é'", str(file))
    assert read.question_of("-", no_input) == read.Question("select 2", "stdin")


def test_an_error_in_a_file_names_the_file(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "question.sql"
    file.write_text("select 1\nform days")
    question = read.question_of(str(file), StringIO())
    with pytest.raises(DataError, match=rf"^{file}:2:6: Parser Error"):
        read.query(desk.settings, question, BytesIO())


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.sql: cannot be read: No such file or directory"):
        read.question_of(str(tmp_path / "none.sql"), StringIO())
    (tmp_path / "latin.sql").write_bytes(b"select '\xe9'")
    with pytest.raises(UsageError, match=r"latin\.sql: cannot be read: not UTF-8"):
        read.question_of(str(tmp_path / "latin.sql"), StringIO())


def test_a_missing_warehouse_says_what_to_do_and_creates_nothing(tmp_path: Path) -> None:
    settings = Settings(warehouse=tmp_path / "none")
    for ask in (read.tables, lambda given: read.query(given, "select 1", BytesIO())):
        with pytest.raises(UsageError, match=r"none/spymaster.duckdb: no catalog yet; land files"):
            ask(settings)
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_no_catalog_is_named(tmp_path: Path) -> None:
    (tmp_path / "spymaster.duckdb").write_bytes(b"x" * 5000)
    with pytest.raises(DataError, match=r"spymaster.duckdb: .*not a valid DuckDB database file"):
        read.query(Settings(warehouse=tmp_path), "select 1", BytesIO())


def test_questions_of_one_program_run_beside_each_other_and_beside_its_own_handle(
    desk: Desk, ask: Ask
) -> None:
    import duckdb

    with (
        duckdb.connect(str(desk.layout.link), read_only=True) as own,
        duck.reader(desk.layout.link.resolve()) as other,
    ):
        count = "select count(*) as n from days"
        assert ask(count) == b"n\n1\n"
        assert own.execute(count).fetchall() == other.execute(count).fetchall() == [(1,)]


def test_a_catalog_that_another_program_writes_is_locked(desk: Desk, tmp_path: Path) -> None:
    import subprocess
    import sys

    catalog = tmp_path / "spymaster.duckdb"
    catalog.write_bytes(desk.layout.link.read_bytes())
    hold = (
        f"import duckdb; c = duckdb.connect({str(catalog)!r}); print('held', flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(LockedError, match=r"spymaster.duckdb: IO Error: Could not set lock"):
            read.query(Settings(warehouse=tmp_path), "select 1", BytesIO())
        holder.kill()
