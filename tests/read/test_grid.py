"""Alignment of text in columns."""

from spymaster.read.text_table import fitted, grid


def test_columns_align_and_lines_carry_no_trailing_blanks() -> None:
    lines = list(grid(["a", "bbb"], [["xx", "1"], ["", "22"]], right=[1]))
    assert lines == ["a   bbb", "xx    1", "     22"]
    assert list(grid(["a", "b"], [["x", ""]])) == ["a  b", "x"]


def test_a_table_wider_than_the_line_comes_in_blocks_of_whole_columns() -> None:
    lines = list(grid(["aaaa", "bbbb", "cccc"], [["1", "2", "3"]], width=10))
    assert lines == ["aaaa  bbbb", "1     2", "", "cccc", "3"]


def test_a_column_wider_than_the_line_is_never_cut() -> None:
    assert list(grid(["n"], [["123456789"]], width=4)) == ["n", "123456789"]


def test_the_last_column_takes_the_room_that_is_left() -> None:
    lines = list(fitted(["name", "doc"], [["a", "one two three four five six seven"]], width=34))
    assert lines == ["name  doc", "a     one two three four five six", "      seven"]
    whole = list(fitted(["name", "doc"], [["a", "one two three four five six seven"]]))
    assert whole[1] == "a     one two three four five six seven"


def test_nothing_to_list_is_its_header() -> None:
    assert list(fitted(["name", "doc"], [])) == ["name  doc"]


def test_a_last_column_without_room_makes_blocks_that_the_first_column_begins() -> None:
    rows = [["a", "1" * 20, "one two three"], ["b", "long text of this row", "four"]]
    assert list(fitted(["key", "formula", "doc"], rows, width=24)) == [
        "key  formula",
        "a    1" + "1" * 18,
        "     1",
        "b    long text of this",
        "     row",
        "",
        "key  doc",
        "a    one two three",
        "b    four",
    ]


def test_a_last_column_of_short_text_needs_no_blocks() -> None:
    lines = list(fitted(["name", "days"], [["x" * 20, "7"]], right=[1], width=26))
    assert lines == ["name" + " " * 18 + "days", "x" * 20 + "     7"]
