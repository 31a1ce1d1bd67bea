"""Every awkward value in every format, byte for byte."""

import json
from csv import reader
from datetime import UTC, date, datetime, time
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from read.conftest import Ask
from spymaster.errors import DataError

VALUES = {
    "id": ("1", "2"),
    "flag": ("true", "null::boolean"),
    "big": ("9007199254740993", "-9007199254740991"),
    "huge": ("-99999999999999999999999999999999999999::hugeint", "null"),
    "ubig": ("18446744073709551615::ubigint", "0"),
    "share": ("-0.1::double", "1e300"),
    "odd": ("'nan'::double", "'-inf'"),
    "money": ("1.50::decimal(5, 2)", "null"),
    "exact": ("12345678901234567.89::decimal(19, 2)", "-0.01"),
    "day": ("date '2024-03-05'", "date '1969-12-31'"),
    "moment": ("timestamp '2024-03-05 14:30:05'", "timestamp '2024-03-05 14:30:05.25'"),
    "ns": ("timestamp_ns '2024-03-05 14:30:05.123456789'", "null"),
    "zoned": ("timestamptz '2024-03-05 09:30:05-05'", "null"),
    "clock": ("time '09:30:00'", "null"),
    "wait": ("interval '3 hours'", "null"),
    "said": ("""'a "b", c' || chr(10) || 'd'""", "null"),
    "blank": ("''", "' é '"),
    "list": ("[1, null, 9007199254740993]", "[]"),
    "pair": ("{'a b': 1.5::double, 'c': [date '2024-03-05']}", "null"),
    "map": ("map {'k': 'v'}", "null"),
    "kind": ("'ask'::enum('bid', 'ask')", "null"),
}
"""Column by column, both rows."""
SQL = "select * from (values ({}), ({})) as t({}) order by id".format(
    *(", ".join(row) for row in zip(*VALUES.values(), strict=True)), ", ".join(VALUES)
)
CSV = """\
id,flag,big,huge,ubig,share,odd,money,exact,day,moment,ns,zoned,clock,wait,said,blank,list,pair,map,kind
1,true,9007199254740993,-99999999999999999999999999999999999999,18446744073709551615,-0.1,nan,1.50,\
12345678901234567.89,2024-03-05,2024-03-05 14:30:05,2024-03-05 14:30:05.123456789,\
2024-03-05 14:30:05+00,09:30:00,03:00:00,"a ""b"", c
d","","[1, NULL, 9007199254740993]","{'a b': 1.5, 'c': [2024-03-05]}",{k=v},ask
2,,-9007199254740991,,0,1e+300,-inf,,-0.01,1969-12-31,2024-03-05 14:30:05.25,,,,,, é ,[],,,
"""
FIRST = (
    '{"id":1,"flag":true,"big":"9007199254740993",'
    '"huge":"-99999999999999999999999999999999999999","ubig":"18446744073709551615",'
    '"share":-0.1,"odd":null,"money":1.5,"exact":"12345678901234567.89",'
    '"day":"2024-03-05","moment":"2024-03-05 14:30:05","ns":"2024-03-05 14:30:05.123456789",'
    '"zoned":"2024-03-05 14:30:05+00","clock":"09:30:00","wait":"03:00:00",'
    '"said":"a \\"b\\", c\\nd","blank":"","list":[1,null,"9007199254740993"],'
    '"pair":{"a b":1.5,"c":["2024-03-05"]},"map":{"k":"v"},"kind":"ask"}'
)
SECOND = (
    '{"id":2,"flag":null,"big":-9007199254740991,"huge":null,"ubig":0,'
    '"share":1e300,"odd":null,"money":null,"exact":"-0.01","day":"1969-12-31",'
    '"moment":"2024-03-05 14:30:05.25","ns":null,"zoned":null,"clock":null,"wait":null,'
    '"said":null,"blank":" é ","list":[],"pair":null,"map":null,"kind":null}'
)
TABLE = """\
 n  share  side  said
--
 1   -0.1  ask   two
                 lines
20         bid
"""


def test_csv_is_rfc_4180_where_null_is_nothing_and_empty_text_is_quoted(ask: Ask) -> None:
    assert ask(SQL, "csv").decode() == CSV


def test_jsonl_is_an_object_a_line_with_exact_numbers(ask: Ask) -> None:
    assert ask(SQL, "jsonl").decode() == f"{FIRST}\n{SECOND}\n"


def test_json_is_one_array_of_the_same_objects(ask: Ask) -> None:
    assert ask(SQL, "json").decode() == f"[{FIRST},\n{SECOND}]\n"


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("sum(5)", "5"),
        ("9007199254740991", "9007199254740991"),
        ("9007199254740992", '"9007199254740992"'),
        ("0.1::float", "0.1"),
        ("[1.0, 'inf'::double, null]", "[1.0,null,null]"),
        ("[[date '2024-03-05'], []]", '[["2024-03-05"],[]]'),
        ("[1, 2]::integer[2]", "[1,2]"),
        ("[{'a': 9007199254740993}, null]", '[{"a":"9007199254740993"},null]'),
        ("{'a': {'b': [time '09:30:00']}}", '{"a":{"b":["09:30:00"]}}'),
        ("map {1: ['nan'::double], 2: null}", '{"1":[null],"2":null}'),
        ("map {date '2024-03-05': {'a': 0.5::double}}", '{"2024-03-05":{"a":0.5}}'),
        ("row(1, 'x')", '"(1, x)"'),
        ("union_value(k := 1)", '"1"'),
        ("""'{"a": 1}'::json""", '{"a":1}'),
        ("""'"' || chr(9) || '\\'""", r'"\"\t\\"'),
    ],
)
def test_nested_and_odd_values_are_exact_in_json(ask: Ask, sql: str, expected: str) -> None:
    assert ask(f"select {sql} as a", "jsonl").decode() == f'{{"a":{expected}}}\n'
    json.loads(expected)


def test_a_table_sets_numbers_right_and_text_left(ask: Ask) -> None:
    sql = (
        "select * from (values (1, -0.1, 'ask', 'two' || chr(10) || 'lines'),"
        " (20, null, 'bid', null)) as t(n, share, side, said)"
    )
    assert ask(sql, "table").decode() == TABLE.replace("--\n", "")


def read_back(form: str, content: bytes) -> Any:
    if form == "arrow":
        return pa.ipc.open_stream(content).read_all()
    return pq.read_table(BytesIO(content))


@pytest.mark.parametrize("form", ["arrow", "parquet"])
def test_a_binary_format_gives_every_value_back(ask: Ask, form: str) -> None:
    table = read_back(form, ask(SQL, form))
    assert table.column_names == list(VALUES)
    first, second = table.drop_columns(["odd", "ns"]).to_pylist()
    assert first == {
        "id": 1,
        "flag": True,
        "big": 9007199254740993,
        "huge": Decimal(-99999999999999999999999999999999999999),
        "ubig": 18446744073709551615,
        "share": -0.1,
        "money": Decimal("1.50"),
        "exact": Decimal("12345678901234567.89"),
        "day": date(2024, 3, 5),
        "moment": datetime(2024, 3, 5, 14, 30, 5),
        "zoned": datetime(2024, 3, 5, 14, 30, 5, tzinfo=UTC),
        "clock": time(9, 30),
        "wait": "03:00:00",
        "said": 'a "b", c\nd',
        "blank": "",
        "list": [1, None, 9007199254740993],
        "pair": {"a b": 1.5, "c": [date(2024, 3, 5)]},
        "map": [("k", "v")],
        "kind": "ask",
    }
    assert second["big"] == -9007199254740991
    assert second["flag"] is second["said"] is second["pair"] is None
    assert [str(value) for value in table["odd"].to_pylist()] == ["nan", "-inf"]
    assert table["ns"].cast(pa.int64()).to_pylist() == [1709649005123456789, None]


def test_all_formats_say_the_same(ask: Ask) -> None:
    """Compared as text, in which nothing is rounded."""
    sql = f"select id, big, share, exact, day, moment, said from ({SQL})"
    rows = list(reader(StringIO(ask(sql, "csv").decode())))[1:]
    for line, row in zip(ask(sql, "jsonl").splitlines(), rows, strict=True):
        assert ["" if v is None else str(v) for v in json.loads(line).values()] == row
    assert json.loads(ask(sql, "json")) == [json.loads(x) for x in ask(sql, "jsonl").splitlines()]
    for form in ("arrow", "parquet"):
        found = read_back(form, ask(f"select columns(*)::varchar from ({sql})", form))
        texts = [["" if v is None else v for v in row.values()] for row in found.to_pylist()]
        assert texts == rows
        assert read_back(form, ask(sql, form)).num_rows == len(rows)


@pytest.mark.parametrize(
    ("form", "expected"),
    [("csv", b"a,b\n"), ("jsonl", b""), ("json", b"[]\n"), ("table", b"a  b\n")],
)
def test_an_empty_result_is_well_formed(ask: Ask, form: str, expected: bytes) -> None:
    assert ask("select 1 as a, 'x' as b where false", form) == expected


@pytest.mark.parametrize("form", ["arrow", "parquet"])
def test_an_empty_binary_result_still_has_its_columns(ask: Ask, form: str) -> None:
    sql = "select 1::bigint as a, interval '1 day' as b where false"
    table = read_back(form, ask(sql, form))
    assert table.num_rows == 0
    assert table.schema.types == [pa.int64(), pa.string()]


def test_column_names_are_quoted_where_csv_needs_it(ask: Ask) -> None:
    assert ask('select 1 as "a,b", 2 as "c""d", 3 as e') == b'"a,b","c""d",e\n1,2,3\n'


def test_columns_of_one_name_are_kept_apart_but_json_refuses_them(ask: Ask) -> None:
    assert ask("select 1 as a, 'x' as a") == b"a,a\n1,x\n"
    assert read_back("arrow", ask("select 1 as a, 'x' as a", "arrow")).num_columns == 2
    with pytest.raises(DataError, match="two columns of one name, which JSON cannot hold: a, a"):
        ask("select 1 as a, 2 as a", "json")


@pytest.mark.parametrize("form", ["csv", "jsonl", "json", "arrow", "parquet"])
def test_a_long_result_comes_whole_and_in_order(ask: Ask, form: str) -> None:
    content = ask("select range as n from range(150_000) order by hash(range)", form)
    if form == "csv":
        found = [int(line) for line in content.splitlines()[1:]]
    elif form == "jsonl":
        found = [json.loads(line)["n"] for line in content.splitlines()]
    elif form == "json":
        found = [row["n"] for row in json.loads(content)]
    else:
        found = read_back(form, content)["n"].to_pylist()
    assert sorted(found) == list(range(150_000))
    assert (
        found
        == read_back(
            "arrow", ask("select range as n from range(150_000) order by hash(range)", "arrow")
        )["n"].to_pylist()
    )


def test_a_long_table_is_cut_and_says_so(ask: Ask, desk: Any) -> None:
    from spymaster import read

    out = BytesIO()
    assert read.query(desk.settings, "from range(201)", out)
    assert len(out.getvalue().splitlines()) == 1 + read.TABLE_ROWS
    assert not read.query(desk.settings, "from range(200)", BytesIO())
    assert not read.query(desk.settings, "from range(201)", BytesIO(), format="csv")


def test_a_wide_table_comes_in_blocks_that_fit(ask: Ask) -> None:
    sql = "select 1234567 as aaaaaaa, 'some text' as b, 3 as ccc"
    assert ask(sql, "table", 22).decode() == ("aaaaaaa  b\n1234567  some text\n\nccc\n  3\n")
    assert len(ask(sql, "table").splitlines()) == 2
