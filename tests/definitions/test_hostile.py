"""Models and descriptions that nobody can read: one line for each, with its place, and an end."""

from __future__ import annotations

from pathlib import Path

import pytest

from desk import MON, Desk
from spymaster.errors import ModelError, SpymasterError

NOT_TEXT = b"\xff\xfe"
LOOPS = {
    "nested": "{% for a in range(50000) %}{% for b in range(50000) %}{% endfor %}{% endfor %}",
    "in a macro": (
        "{% macro m() %}{% for a in range(400) %}{% for b in range(400) %}{% endfor %}{% endfor %}"
        "{% endmacro %}{{ m() }}"
    ),
    "one long range": "{% for a in range(1000000000000) %}{% endfor %}",
    "a list": "{{ range(1000000000000) | list }}",
    "a macro of itself": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
}
FAMILY = """
a:
  relation: market.lows
  meaning: m
  range: [0, 1]
  unit: ratio
  states: [1]
  source: Somebody 1999
  features:
    low: share(a, b)
"""


def refused(desk: Desk) -> list[str]:
    """Return the lines of the error that a run ends with."""
    desk.land(MON, 10.0)
    with pytest.raises(ModelError) as error:
        desk.run()
    return str(error.value).split("\n")


@pytest.mark.parametrize(
    "name",
    ["market/lows.sql", "macros/vendor.sql", "audits/positive.sql", "raw.yml", "columns.yml"],
)
def test_a_file_that_is_not_utf_8_is_named_with_its_line(desk: Desk, name: str) -> None:
    path = desk.sql / name
    path.write_bytes(b"\n" + NOT_TEXT + (path.read_bytes() if path.exists() else b""))
    assert refused(desk) == [f"sql/{name}:2: byte 0xff is not UTF-8"]


@pytest.mark.parametrize("name", ["market/lows.sql", "macros/vendor.sql", "raw.yml"])
def test_a_file_that_marks_its_byte_order_is_named(desk: Desk, name: str) -> None:
    path = desk.sql / name
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    said = "begins with a byte order mark; save it as UTF-8 without one"
    assert refused(desk) == [f"sql/{name}:1: {said}"]


@pytest.mark.parametrize("name", ["market/days.cases.yml", "features/x.yml"])
def test_so_are_cases_and_families(desk: Desk, name: str) -> None:
    desk.write(name, "")
    (desk.sql / name).write_bytes(NOT_TEXT)
    with pytest.raises(ModelError, match=rf"^sql/{name}:1: byte 0xff is not UTF-8$"):
        desk.check()


@pytest.mark.parametrize("loop", LOOPS.values(), ids=LOOPS)
def test_an_endless_loop_ends_with_its_place(desk: Desk, loop: str) -> None:
    desk.edit("market/lows.sql", "min(price) as low", f"min(price) as low -- {loop}")
    (line,) = refused(desk)
    assert line.startswith("sql/market/lows.sql:9")


def test_loops_that_count_their_items_still_do(desk: Desk) -> None:
    terms = "{% for a in [1, 2, 3] %}{{ loop.length * a }}{{ ' + ' if not loop.last }}{% endfor %}"
    desk.edit("market/lows.sql", "min(price)", f"min(price) + {terms}")
    desk.land(MON, 10.0)
    desk.run()
    assert desk.rows("select low from lows") == [(28.0,)]


WRONG_FAMILIES = {
    "range of words": (FAMILY.replace("[0, 1]", "[low, 1]"), "a: range is ['low', 1]; expected"),
    "range of one": (
        FAMILY.replace("[0, 1]", "[0]"),
        "a: range is [0]; expected [lowest, highest]",
    ),
    "range of nan": (FAMILY.replace("[0, 1]", "[0, .nan]"), "a: range is [0, nan]; expected"),
    "relation": (FAMILY.replace("market.lows", "7"), "a: relation is 7; expected a relation or"),
    "meaning": (FAMILY.replace("m\n", "[m]\n", 1), "a: meaning is ['m']; expected a text"),
    "states": (FAMILY.replace("[1]", "{1: 2}"), "a: states is {1: 2}; expected a list of 1 to 4"),
    "features": (FAMILY.partition("  features")[0] + "  features: 3", "a: features is 3; expected"),
    "formula": (FAMILY.replace("share(a, b)", "[a]"), "a: feature 'low' is ['a']; expected a name"),
    "core": (FAMILY + "  core: 5", "a: core is 5; expected a list of features"),
    "date": (FAMILY.replace("ratio", "2024-13-45"), "month must be in 1..12"),
    "control": (FAMILY.replace("ratio", "\x00"), "control characters are not allowed"),
    "key": (FAMILY + "  ? [a, b]\n  : c\n", "unhashable"),
    "nested": ("a: " + "[" * 100_000, "deeper than 50 levels"),
}


@pytest.mark.parametrize(("written", "said"), WRONG_FAMILIES.values(), ids=WRONG_FAMILIES)
def test_a_broken_registry_says_its_line_once(desk: Desk, written: str, said: str) -> None:
    desk.write("features/relations.yml", "market.lows: 1")
    desk.write("features/x.yml", written)
    (line,) = refused(desk)
    assert line.startswith("sql/features/x.yml:")
    assert said in line


@pytest.mark.parametrize(
    ("name", "written", "said"),
    [
        ("features/relations.yml", "market.lows: many", "expected a number of rows for each"),
        ("raw.yml", "trades: 5", "sql/raw.yml: trades: expected doc and columns, found 5"),
        ("raw.yml", "- trades", "sql/raw.yml: expected relations by name, found list"),
        ("raw.yml", "trades: {doc: x, columns: {a: b}}", "column a: expected 'TYPE | unit | mea"),
        ("raw.yml", "trades: {doc: x, columns: {5: a | b | c}}", "column 5: expected a name"),
        ("raw.yml", "trades: [", "sql/raw.yml:2: "),
        ("raw.yml", "a: {doc: x, columns: {b: c,\n b: d}}", "sql/raw.yml:2: b is given twice"),
        ("columns.yml", "low: [", "sql/columns.yml:2: "),
    ],
)
def test_so_does_every_other_description(desk: Desk, name: str, written: str, said: str) -> None:
    desk.write(name, written)
    (line,) = refused(desk)
    assert said in line


def test_a_lookback_of_no_mapping_is_refused(desk: Desk) -> None:
    desk.edit("market/lows.sql", "as_of:", "lookback: 5\nas_of:")
    (line,) = refused(desk)
    assert line == "sql/market/lows.sql:4: expected relations and numbers of sessions, found 5"


def test_a_replay_that_gives_a_list_is_refused(desk: Desk) -> None:
    header = "doc: x\ngrain: [a]\nas_of: t\nreplay: {gives: [a], grid: b}\n"
    desk.write("book/steps/replay/x.sql", f"{{#---\n{header}---#}}\nselect 1 as a")
    (line,) = refused(desk)
    assert line.startswith("sql/book/steps/replay/x.sql:5: replay gives ['a']; allowed: ")


def test_a_model_that_went_away_is_named(desk: Desk, tmp_path: Path) -> None:
    (desk.sql / "market/lows.sql").unlink()
    (desk.sql / "market/lows.sql").symlink_to(tmp_path / "nowhere.sql")
    with pytest.raises(SpymasterError, match=r"sql/market/lows\.sql: cannot be read: No such file"):
        desk.run()
