"""What of a bucket is built and sent first."""

from sandboxes import project
from spymaster.definitions.graph import ancestors
from spymaster.live.decisions import ASKED
from spymaster.live.groups import WIDE, grouped
from spymaster.live.tail import BOOK_LADDER, FROM_DAY, GIVEN, LADDER
from spymaster.settings import Settings
from spymaster.stream.arriving import GROUPS
from spymaster.stream.sources import SOURCES


def upstream() -> dict[str, tuple[str, ...]]:
    """Return what each relation is made of in a bucket, where some are given."""
    models = project(Settings()).models
    return {name: one.upstream for name, one in models.items() if name not in GIVEN}


def groups() -> dict[str, set[str]]:
    return grouped(list(upstream()), upstream())


def shown(group: str) -> set[str]:
    """Return what a screen shows of a group, from where it is built."""
    names = {SOURCES[name].relation for name in GROUPS[group]} - {*FROM_DAY}
    if group == "book" and LADDER in names:
        names = names - {LADDER} | {BOOK_LADDER}
    return names


def test_what_a_screen_shows_and_decisions_are_made_of_comes_before_the_rest() -> None:
    assert shown("book") | {*ASKED} <= groups()["book"]
    assert shown("options") <= groups()["options"]
    assert WIDE in groups()["wide"]


def test_nothing_of_the_book_waits_for_options() -> None:
    assert not [name for name in groups()["book"] if name.startswith("options.")]


def test_every_relation_is_built_once_after_all_that_it_is_made_of() -> None:
    before: set[str] = set()
    for names in groups().values():
        assert before.isdisjoint(names)
        before |= names
        assert ancestors(upstream(), names) & upstream().keys() <= before
    assert before == upstream().keys()
