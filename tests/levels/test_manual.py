"""The user's file of levels: what it may say, and what is said about a wrong line."""

from datetime import date, datetime
from pathlib import Path

import pytest

from spymaster.definitions import manual_levels as manual
from spymaster.definitions import variables
from spymaster.definitions.seals import unsealed
from spymaster.errors import DataError, UsageError
from spymaster.settings import Settings

DAY = date(2024, 3, 5)
HEAD = "session,level_id,price,known_at\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "mine.csv"
    path.write_text(text, encoding="utf-8")
    return path


def known_at(folder: Path, text: str, session: str = "2024-03-05") -> str:
    path = written(folder, f"{HEAD}{session},LINE,6800,{text}\n")
    found = manual.values(path, date.fromisoformat(session))
    return found.removeprefix(f"{manual.NOTHING}, ('LINE', 6800.0, '").removesuffix("')")


def test_a_session_gets_its_own_rows_in_order_of_time(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        f"\ufeff{HEAD}2024-03-05, LINE ,6801.1,2024-03-05 10:00\n\n"
        "2024-03-06,OTHER,5,2024-03-06 09:00\n2024-03-05,LINE,6800,2024-03-05 08:00:01\n",
    )
    assert manual.values(path, DAY) == (
        "(null, null, null), ('LINE', 6800.0, '2024-03-05 13:00:01'),"
        " ('LINE', 6801.1, '2024-03-05 15:00:00')"
    )
    assert manual.values(path, date(2024, 3, 7)) == manual.NOTHING
    assert manual.values(None, DAY) == manual.NOTHING


@pytest.mark.parametrize(
    ("text", "session", "utc"),
    [
        ("2024-03-05 09:00", "2024-03-05", datetime(2024, 3, 5, 14)),
        ("2024-03-11T09:00:00", "2024-03-11", datetime(2024, 3, 11, 13)),
        ("2024-03-05T09:00Z", "2024-03-05", datetime(2024, 3, 5, 9)),
        ("2024-03-05 09:00:30+02:00", "2024-03-05", datetime(2024, 3, 5, 7, 0, 30)),
    ],
)
def test_a_time_without_an_offset_is_new_york_time(
    tmp_path: Path, text: str, session: str, utc: datetime
) -> None:
    assert known_at(tmp_path, text, session) == str(utc)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("2024-03-05,LINE,6800,9999-12-31 23:59", "known_at is '9999-12-31 23:59'; expected 1990"),
        ("2024-03-05,LINE,6800,0001-01-01 00:00", "known_at is '0001-01-01 00:00'; expected 1990"),
        ("9999-12-31,LINE,6800,2024-03-05 09:00", "session is '9999-12-31'; expected 1990-01-02"),
        ("2024-03-05,LINE,6800", "3 fields; expected session,level_id,price,known_at"),
        ("5 March,LINE,6800,2024-03-05", "session is '5 March'; expected a date such as 2024-03"),
        ("2024-03-05,THE LINE,6800,2024-03-05", "level_id is 'THE LINE'; expected letters"),
        ("2024-03-05,,6800,2024-03-05", "level_id is ''; expected letters"),
        ("2024-03-05,LINE,high,2024-03-05", "price is 'high'; expected a number of points"),
        ("2024-03-05,LINE,inf,2024-03-05", "price is 'inf'; expected a number of points"),
        (
            "2024-03-05,LINE,680000000000,2024-03-05",
            "price is '680000000000'; expected a number of points up to 10000000",
        ),
        ("2024-03-05,LINE,6800,", "known_at is ''; expected a whole second such as 2024-03-05 09"),
        ("2024-03-05,LINE,6800,2024-03-05 09:00:00.5", "known_at is '2024-03-05 09:00:00.5'"),
        ("2024-03-05,A,2,2024-03-05T05:00Z", "A of 2024-03-05 is given twice for one known_at"),
    ],
)
def test_a_wrong_line_is_named_with_what_it_says_and_what_is_allowed(
    tmp_path: Path, line: str, said: str
) -> None:
    path = written(tmp_path, f"{HEAD}2024-03-05,A,1,2024-03-05\n{line}\n")
    with pytest.raises(DataError) as raised:
        manual.values(path, DAY)
    assert str(raised.value).startswith(f"{path}:3: {said}")
    assert "\n" not in str(raised.value)


def test_every_wrong_line_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, f"{HEAD}x,A,1,2024-03-05\n2024-03-05,A,x,2024-03-05\n")
    with pytest.raises(DataError, match=r"^\S+:2: session is 'x'.*\n\S+:3: price is 'x'.*$"):
        manual.values(path, DAY)


@pytest.mark.parametrize("text", ["", "level_id,price\n", f"x{HEAD}"])
def test_another_header_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(DataError, match=r":1: header is '.*'; expected session,level_id,price"):
        manual.values(written(tmp_path, text), DAY)


def test_a_field_without_an_end_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, f"{HEAD}2024-03-05,{'A' * 131_073},1,2024-03-05\n")
    with pytest.raises(DataError, match=r"mine\.csv: not a CSV of levels: field larger than"):
        manual.values(path, DAY)


def test_a_file_that_is_not_there_or_not_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"^manual_levels = '.*no\.csv': No such file"):
        manual.values(tmp_path / "no.csv", DAY)
    (tmp_path / "mine.csv").write_bytes(b"\xff\xfe")
    with pytest.raises(DataError, match=r"mine\.csv: not UTF-8 text$"):
        manual.values(tmp_path / "mine.csv", DAY)


def test_a_file_changes_what_its_own_sessions_print_and_nothing_else(tmp_path: Path) -> None:
    path = written(tmp_path, f"{HEAD}{variables.PROBE_SESSION},LINE,6800,2024-03-05\n")
    bare, given = Settings(), Settings(manual_levels=path)
    probed = [unsealed(str(variables.probe(one)["manual_levels"])) for one in (bare, given)]
    assert probed == [manual.NOTHING] * 2
    assert variables.of(bare, DAY) != variables.of(given, DAY)
    assert variables.of(bare, date(2024, 3, 6)) == variables.of(given, date(2024, 3, 6))
