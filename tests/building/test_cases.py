"""Cases of models: rows in, expected rows out."""

from dataclasses import replace
from textwrap import dedent

import pytest

from desk import MON, Desk
from spymaster.building import case_runner
from spymaster.definitions import cases, loading
from spymaster.definitions.project import Project
from spymaster.errors import ModelError
from spymaster.settings import Settings
from spymaster.warehouse.columns import SQL

SCHEMAS = ("staging", "market", "book", "levels", "pressure", "options", "setups", "analogs")
HOLDS = """
- case: the highest trade of the window, in lots
  given:
    staging.trades:
      - {ts_recv: 2024-03-05 15:00:00, price: 10.5, size: 2, file_id: a, row_no: 0}
      - {ts_recv: "2024-03-05 17:29:59.999999999", price: 11, size: 1, file_id: a, row_no: 1}
      - {ts_recv: 2024-03-05 17:30:00, price: 12, size: 1, file_id: a, row_no: 2}
  expect:
    - {high: 11.0, lots: 3}
"""


@pytest.fixture(scope="module")
def ours() -> Project:
    """The project's own models."""
    return loading.load(Settings(), SQL, {})


def told(desk: Desk, text: str, name: str = "market/days.cases.yml") -> list[str]:
    """Write cases and return what ``check`` says of them."""
    desk.write(name, dedent(text))
    return desk.check()


def of_schema(project: Project, schema: str) -> list[cases.Case]:
    """Return the cases of a schema; there are some."""
    found = [case for case in cases.find(project) if case.relation.startswith(f"{schema}.")]
    assert found
    return found


@pytest.mark.parametrize("schema", SCHEMAS)
def test_every_case_of_the_project_holds(ours: Project, schema: str) -> None:
    assert [str(finding) for finding in case_runner.findings(ours, of_schema(ours, schema))] == []


@pytest.mark.slow
@pytest.mark.parametrize("schema", SCHEMAS)
def test_every_case_of_the_project_fails_without_one_of_its_rows(
    ours: Project, schema: str
) -> None:
    found = [replace(case, expect=case.expect[1:]) for case in of_schema(ours, schema)]
    assert len(case_runner.findings(ours, found)) == len(found)


def test_every_published_relation_of_these_schemas_has_a_case(ours: Project) -> None:
    shown = {case.relation for case in cases.find(ours)}
    published = {name for name, model in ours.models.items() if model.header.is_written}
    landed = {name for name in ours.models if name.startswith("staging.")}
    wanted = {name for name in published if name.startswith(("market.", "levels.", "options."))}
    assert wanted | landed <= shown


def test_what_lies_between_the_given_and_the_model_is_built(desk: Desk) -> None:
    assert told(desk, HOLDS) == []
    desk.edit("market/prints.sql", "ts_recv < ", "ts_recv <= ")
    (said,) = desk.check()
    assert said == (
        "sql/market/days.cases.yml:1: the highest trade of the window, in lots: "
        "expected high=11.0, lots=3; found high=12.0, lots=4"
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("high: 11.0", "high: 11.0000000001", "expected high=11.0000000001, lots=3; found"),
        ("high: 11.0", "high: null", "expected high=None, lots=3; found high=11.0, lots=3"),
        ("- {high: 11.0, lots: 3}", "[]", "found session=2024-03-05, high=11.0, lots=3"),
        ("high: 11.0", "high: eleven", "Could not convert string 'eleven' to DOUBLE"),
    ],
)
def test_what_differs_is_shown(desk: Desk, old: str, new: str, said: str) -> None:
    (finding,) = told(desk, HOLDS.replace(old, new))
    assert said in finding


@pytest.mark.parametrize("value", ["11.0", "11.0000000000001"])
def test_floats_may_differ_by_a_trillionth(desk: Desk, value: str) -> None:
    assert told(desk, HOLDS.replace("high: 11.0", f"high: {value}")) == []


def test_a_value_that_is_not_given_is_null_and_nothing_given_is_nothing_landed(desk: Desk) -> None:
    case = """
    - case: without any trade there is no row
      given: {}
      expect: []
    - case: a trade without a price counts its lots
      given:
        market.prints: [{session: 2024-03-05, size: 4}]
      expect:
        - {high: null, lots: 4}
    """
    assert told(desk, case) == []


def test_a_case_has_a_session_and_settings_of_its_own_and_earlier_rows_to_look_back_at(
    desk: Desk,
) -> None:
    case = """
    - case: the session before is the one looked back at
      session: 2024-03-08
      settings: {window_start: "10:00"}
      given:
        market.days: [{session: 2024-03-07, high: 1}, {session: 2024-03-08, high: 2}]
      expect:
        - {session: 2024-03-08, high: 2.0, last_high: 1.0}
    """
    assert told(desk, case, "levels/ranks.cases.yml") == []


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("market/none.cases.yml", HOLDS, "none.cases.yml: no model is called market.none"),
        ("market/days.cases.yml", "a: b", "days.cases.yml:1: expected a list of cases"),
        ("market/days.cases.yml", "- [", "days.cases.yml:"),
        ("market/days.cases.yml", HOLDS.replace("given:", "gives:"), "expected given, found None"),
        ("market/days.cases.yml", HOLDS + "  order: [1]\n", "unknown key order; allowed: case, "),
        (
            "market/days.cases.yml",
            HOLDS.replace("staging.trades", "market.lows"),
            "days.cases.yml:1: market.days is not made of market.lows",
        ),
        ("market/days.cases.yml", HOLDS.replace("lots:", "lot:"), "no column is called lot"),
        ("market/days.cases.yml", HOLDS.replace("size:", "sized:"), "no column is called sized"),
        (
            "market/days.cases.yml",
            HOLDS + "    - {high: 1.0}\n",
            "the expected rows do not all name the same columns",
        ),
        ("market/days.cases.yml", HOLDS + "  session: someday\n", "Invalid isoformat string"),
        (
            "market/days.cases.yml",
            HOLDS + "  settings: {windows: 2}\n",
            "days.cases.yml:1: settings: windows: unknown setting; allowed: warehouse",
        ),
        (
            "market/days.cases.yml",
            HOLDS + "  settings: [windows]\n",
            "days.cases.yml:1: expected settings by key, found ['windows']",
        ),
        (
            "market/days.cases.yml",
            HOLDS + "  settings: {levels: [NOON]}\n",
            "days.cases.yml:1: levels: 'NOON' is no level; allowed: PM_HIGH",
        ),
        ("market/days.cases.yml", HOLDS + "  5: a\n  order: [1]\n", "unknown key 5; allowed: case"),
        (
            "market/days.cases.yml",
            HOLDS.replace("  expect:", "    staging.trades: []\n  expect:"),
            "days.cases.yml:7: staging.trades is given twice",
        ),
        ("market/days.cases.yml", HOLDS.replace("lots: 3", "high: 3"), ":8: high is given twice"),
    ],
)
def test_a_case_that_cannot_be_read_says_where(desk: Desk, name: str, text: str, said: str) -> None:
    with pytest.raises(ModelError) as error:
        told(desk, text, name)
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_built_sessions_are_looked_at_only_where_the_cases_hold(desk: Desk) -> None:
    desk.land(MON, 10.0)
    desk.run()
    desk.edit("audits/positive.sql", "high <= 0", "high > 0")
    assert told(desk, HOLDS)[0].startswith("2024-03-04 audits.positive")
    assert told(desk, HOLDS.replace("11.0", "12.0"))[0].startswith("sql/market/days.cases.yml")
