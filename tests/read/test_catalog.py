"""What the catalog says it holds."""

import pytest

from desk import Desk
from spymaster import read
from spymaster.errors import UsageError


def test_every_relation_is_listed_with_its_rows(desk: Desk) -> None:
    found = {relation.name: relation for relation in read.tables(desk.settings)}
    assert list(found) == sorted(found)
    assert {name: relation.counted for name, relation in found.items()} == {
        "levels.ranks": "1",
        "market.days": "1",
        "market.lows": "1",
        "market.prints": "not kept",
        "raw.definition": "0",
        "raw.trades": "2",
        "staging.trades": "view",
    }
    assert found["market.days"].grain == "session"


def test_nothing_landed_is_no_error(empty: Desk) -> None:
    counts = {relation.name: relation.counted for relation in read.tables(empty.settings)}
    assert counts["raw.trades"] == "0"


def test_a_summary_is_the_first_sentence() -> None:
    relation = read.Relation("a.b", "One row per bar. A bar is open.", "", None, None, "b")
    assert relation.summary == "One row per bar"


def test_a_relation_is_described_by_its_full_and_by_its_bare_name(desk: Desk) -> None:
    relation, columns = read.describe(desk.settings, "market.days")
    assert read.describe(desk.settings, "days") == (relation, columns)
    assert [(c.name, c.type, c.unit, c.meaning) for c in columns] == [
        ("session", "DATE", "date", "trading date"),
        ("high", "DOUBLE", "points", "highest trade of the window"),
        ("lots", "BIGINT", "lots", "lots traded in the window"),
    ]


def test_a_name_is_described_in_any_case_as_it_is_queried(desk: Desk) -> None:
    assert read.describe(desk.settings, "Market.DAYS") == read.describe(desk.settings, "days")
    _, columns = read.describe(desk.settings, "DAYS.High")
    assert [column.name for column in columns] == ["high"]
    assert read.describe(desk.settings, "META.files")[0].name == "meta.files"
    with pytest.raises(UsageError, match=r"^DAIS: no such relation; near: market\.days$"):
        read.describe(desk.settings, "DAIS")
    with pytest.raises(UsageError, match=r"^market\.days\.highs: no such column; near: high$"):
        read.describe(desk.settings, "DAYS.HIGHS")


def test_a_bare_name_that_raw_and_staging_share_is_the_models(desk: Desk) -> None:
    assert read.describe(desk.settings, "trades")[0].name == "staging.trades"
    assert read.describe(desk.settings, "raw.trades")[0].name == "raw.trades"
    assert read.describe(desk.settings, "definition")[0].name == "raw.definition"


def test_what_tells_of_the_catalog_itself_is_described_like_a_relation(desk: Desk) -> None:
    relation, columns = read.describe(desk.settings, "meta.files")
    assert (relation.name, relation.counted) == ("meta.files", "4")
    assert relation.doc.startswith("Every file behind a relation")
    assert [(c.name, c.type) for c in columns][:2] == [("relation", "VARCHAR"), ("date", "DATE")]
    assert [c.type for c in read.describe(desk.settings, "meta.files.bytes")[1]] == ["BIGINT"]
    with pytest.raises(UsageError, match=r"no such relation; near: meta\.files"):
        read.describe(desk.settings, "meta.fles")


def test_an_unknown_relation_is_answered_with_near_names(desk: Desk) -> None:
    with pytest.raises(UsageError, match=r"^market\.dais: no such relation; near: market\.days"):
        read.describe(desk.settings, "market.dais")
    with pytest.raises(UsageError, match=r"^zzz: no such relation; there are: levels\.\*, "):
        read.describe(desk.settings, "zzz")


def test_a_column_alone_is_answered_with_what_has_it(desk: Desk) -> None:
    with pytest.raises(UsageError, match=r"a column by that name: market\.days\.lots$"):
        read.describe(desk.settings, "lots")
    with pytest.raises(UsageError, match=r": levels\.ranks\.session, .+, .+ and \d more$"):
        read.describe(desk.settings, "session")
