"""Values of ``$name`` take the type that DuckDB finds where they stand."""

from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from desk import MON, Desk
from spymaster import read
from spymaster.errors import DataError, UsageError
from spymaster.read.asking import Question


def ask(desk: Desk, sql: str, **parameters: Any) -> str:
    out = BytesIO()
    read.query(desk.settings, Question(sql, parameters=parameters), out, format="csv")
    return out.getvalue().decode().partition("\n")[2].strip()


@pytest.mark.parametrize(
    ("condition", "value"),
    [
        ("session = $it", "2024-03-04"),
        ("session between $it and $it", "2024-03-04"),
        ("high > $it", "10.5"),
        ("lots = $it", "2"),
        ("session::timestamp >= $it", "2024-03-04 00:00"),
        ("$it::boolean", "true"),
        ("'o''clock' = $it", "o'clock"),
        ("$it = '1; drop table days'", "1; drop table days"),
        ("session = $it", date(2024, 3, 4)),
        ("session::timestamp = $it", datetime(2024, 3, 4)),
        ("session::timestamp::time = $it", time(0)),
        ("lots + $it = 4", 2),
        ("high + $it = 11.5", Decimal("0.5")),
        ("list_contains($it, lots)", [1, 2]),
        ("$it is null", None),
        ("$it", True),
        ("isinf($it)", float("inf")),
    ],
)
def test_a_value_is_what_its_place_wants(desk: Desk, condition: str, value: Any) -> None:
    sql = f"-- of the day\nselect session from days where {condition}"
    assert ask(desk, sql, it=value) == str(MON)


def test_a_wrong_value_a_missing_and_a_needless_one_are_named(desk: Desk) -> None:
    with pytest.raises(DataError, match=r"query: Conversion Error: invalid date.*soon"):
        ask(desk, "from days where session = $day", day="soon")
    with pytest.raises(UsageError, match=r"^query: \$other has no value; give other=\.\.\.$"):
        ask(desk, "select $day, $other", day="1")
    with pytest.raises(UsageError, match=r"^query: \$Day has no value|^query: \$day has no value"):
        ask(desk, "select $Day")
    assert ask(desk, "select $Day", dAY="1") == "1"
    with pytest.raises(DataError, match="excess parameters: other"):
        ask(desk, "select $day", day="1", other="2")
    with pytest.raises(DataError, match="expected text, a number, a date"):
        ask(desk, "select $day", day=Path)


def test_an_error_beside_a_parameter_has_its_place_in_what_was_written(desk: Desk) -> None:
    with pytest.raises(DataError, match=r"^query:2:8: Binder Error: .*\"nowhere\""):
        ask(desk, "select $a,\n       nowhere from days", a="1")


def test_only_what_reads_may_have_parameters(desk: Desk) -> None:
    with pytest.raises(UsageError, match="query runs one SELECT; found: DELETE"):
        ask(desk, "delete from days where lots = $n", n="2")


@pytest.mark.parametrize("written", ["level", "=5", "a b=5", "1=5", "a);--=5"])
def test_what_is_no_parameter_is_refused(written: str) -> None:
    with pytest.raises(UsageError, match=r"expected name=value, for \$name in the query"):
        read.parameter(written)
    assert read.parameter("level=a=b") == ("level", "a=b")


@pytest.mark.parametrize("place", ["?", "$1"])
def test_a_parameter_without_a_name_is_refused(desk: Desk, place: str) -> None:
    with pytest.raises(UsageError, match=r"query: a parameter needs a name, such as \$level"):
        ask(desk, f"select {place}")
