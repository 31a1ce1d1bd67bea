"""Every listed edit can be made: what it names is there, once, and so are the tests."""

from pathlib import Path

import pytest

from mutants.listing import ROOT, Mutant, listed, names

MUTANTS = [one for name in names() for one in listed(name)]


@pytest.mark.parametrize("name", names())
def test_what_a_listed_edit_replaces_stands_there_once(name: str) -> None:
    wrong = []
    for one in listed(name):
        try:
            one.file()
        except LookupError as error:
            wrong.append(str(error))
    assert wrong == []


def test_an_edit_changes_something_and_is_listed_once() -> None:
    assert all(one.was != one.now for one in MUTANTS)
    edits = [(one.place, one.was, one.now) for one in MUTANTS]
    assert len(set(edits)) == len(edits)


def test_the_tests_that_should_notice_are_there() -> None:
    files = {test.partition("::")[0] for one in MUTANTS for test in one.noticed_by}
    assert [name for name in sorted(files) if not (ROOT / name).is_file()] == []


def test_a_text_that_is_gone_is_named(tmp_path: Path) -> None:
    (tmp_path / "sql" / "market" / "steps").mkdir(parents=True)
    (tmp_path / "sql" / "market" / "steps" / "holes.sql").write_text("select 1")
    gone = Mutant("market", "market.holes", "select 2", "select 3", ())
    with pytest.raises(
        LookupError, match=r"^market\.holes: select 2 -> select 3: expected the text once"
    ):
        gone.file(tmp_path)
    assert Mutant("market", "market.holes", "select 1", "", ()).file(tmp_path).name == "holes.sql"
