"""Tables, boxes, lines and Markdown: what people read, in 80 columns and with few digits."""

from io import BytesIO
from pathlib import Path

import pytest

from desk import Desk
from read.conftest import Ask
from spymaster import read
from spymaster.errors import DataError, UsageError
from spymaster.read.asking import Question

NUMBERS = """
    select unnest(
        [0.1 + 0.2, -6756.253, 1e9 + 0.126, 1.23456789e-7, 0, 1e-12, 'inf', 'nan', null]
    ) as x
"""
WIDE = """
    select
        timestamp '2024-03-05 14:30:00' + to_seconds(5 * range) as bucket_end,
        'PM_HIGH' as level_id,
        {} from range(3)
""".format(", ".join(f"range / 8 as measure_number_{n}" for n in range(9)))


def shown(desk: Desk, sql: str, form: str, *, exact: bool = False, width: int | None = 80) -> str:
    out = BytesIO()
    read.query(desk.settings, sql, out, format=form, width=width, is_exact=exact)
    return out.getvalue().decode()


def test_numbers_have_six_digits_and_prices_their_cents(desk: Desk) -> None:
    lines = [line.split(" = ")[-1] for line in shown(desk, NUMBERS, "line").split("\n\n")]
    assert [line.strip() for line in lines] == [
        *("0.30", "-6756.25", "1000000000.13", "1.23457e-07", "0.00", "1e-12", "inf", "nan", "x ="),
    ]


def test_points_stand_below_points(desk: Desk) -> None:
    sql = "select unnest([0.5, 6756.25, 0.123456789]::double[]) as x"
    assert shown(desk, sql, "table").split() == ["x", "0.50", "6756.25", "0.12"]
    sql = "select unnest([0.5, -0.0435574, 0.123456789]::double[]) as x"
    assert shown(desk, sql, "table").split() == ["x", "0.500000", "-0.043557", "0.123457"]
    assert shown(desk, "select unnest([1, 2.5]::double[]) as x", "table").split() == [
        *("x", "1.0", "2.5"),
    ]


@pytest.mark.parametrize("form", ["table", "box", "line", "markdown"])
def test_exact_shows_every_digit(desk: Desk, form: str) -> None:
    sql = "select 0.123456789::double as x"
    assert "0.123457" in shown(desk, sql, form)
    assert "0.123456789" in shown(desk, sql, form, exact=True)


def test_csv_has_every_digit_anyway(ask: Ask) -> None:
    assert ask("select 0.123456789::double as x") == b"x\n0.123456789\n"


def test_each_block_of_a_wide_table_begins_with_what_says_which_row_it_is(desk: Desk) -> None:
    blocks = shown(desk, WIDE, "table").split("\n\n")
    assert len(blocks) > 2
    for block in blocks:
        header, *rows = block.strip().splitlines()
        assert header.split()[0] == "bucket_end"
        assert [row[:19] for row in rows] == [f"2024-03-05 14:30:{s:02}" for s in (0, 5, 10)]
        assert all(len(line) <= 80 for line in block.splitlines())
    assert sum("level_id" in block for block in blocks) == 1, "it is the same in every row"
    assert sum(block.count("measure_number_") for block in blocks) == 9


def test_keys_that_leave_no_room_are_not_repeated(desk: Desk) -> None:
    blocks = shown(desk, WIDE, "table", width=40).split("\n\n")
    assert sum("bucket_end" in block for block in blocks) == 1


def test_a_line_format_has_a_line_for_each_value(desk: Desk) -> None:
    assert shown(desk, "select 1 as a, 'x' as longer union all select 2, null", "line") == (
        "     a = 1\nlonger = x\n\n     a = 2\nlonger =\n"
    )


def test_markdown_is_a_table_whatever_is_in_it(desk: Desk) -> None:
    assert shown(desk, "select 1 as n, E'a|b\\nc' as t", "markdown") == (
        "| n | t |\n| ---: | --- |\n| 1 | a\\|b<br>c |\n"
    )


def test_a_box_is_what_duckdb_draws_and_fits(desk: Desk) -> None:
    lines = shown(desk, WIDE, "box").splitlines()
    assert lines[0].startswith("┌──")
    assert max(map(len, lines)) <= 80
    assert "measure_number_8" in shown(desk, WIDE, "box", width=None)


@pytest.mark.parametrize("form", ["table", "line", "markdown"])
def test_what_is_for_eyes_is_cut_and_says_so(desk: Desk, form: str) -> None:
    out = BytesIO()
    assert read.query(desk.settings, "from range(201)", out, format=form)
    assert out.getvalue().decode().count("199") == 1
    assert not read.query(desk.settings, "from range(200)", BytesIO(), format=form)


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("a.csv", b"n\n1\n"),
        ("a.JSON", b'[{"n":1}]\n'),
        ("a.jsonl", b'{"n":1}\n'),
        ("a.ndjson", b'{"n":1}\n'),
        ("a.MD", b"| n |\n| ---: |\n"),
        ("a.txt", b"n\n1\n"),
        ("a.parquet", b"PAR1"),
        ("a.arrow", b"\xff\xff\xff\xff"),
    ],
)
def test_a_file_has_the_format_of_its_suffix(
    desk: Desk, tmp_path: Path, name: str, begins: bytes
) -> None:
    read.query_to_file(desk.settings, Question("select 1 as n"), tmp_path / name)
    assert (tmp_path / name).read_bytes().startswith(begins)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_file_is_there_whole_or_as_it_was(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("before")
    failing = Question("select if(range = 140_000, 'x', '1')::int as n from range(150_000)")
    with pytest.raises(DataError, match="Could not convert"):
        read.query_to_file(desk.settings, failing, file)
    assert file.read_text() == "before"
    assert list(tmp_path.iterdir()) == [file]
    with pytest.raises(UsageError, match=r"a\.xyz: a file of rows ends in \.txt, "):
        read.query_to_file(desk.settings, failing, tmp_path / "a.xyz")
    read.query_to_file(desk.settings, Question("select 1 as n"), tmp_path / "a.xyz", format="csv")
