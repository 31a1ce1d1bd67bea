"""What every client can ask of a whole catalog, by a path relative to where it is started."""

from __future__ import annotations

from collections.abc import Callable
from statistics import NormalDist

import pytest

from clients.programs import CLIENTS, Client, Row
from spymaster import read
from spymaster.catalog.write import STORAGE
from spymaster.settings import Settings
from spymaster.warehouse import duck

pytestmark = pytest.mark.thorough
COMMENT = (
    "select comment from duckdb_views() where schema_name = '{0}' and view_name = 'states_5s'"
    " union all select comment from duckdb_columns()"
    " where schema_name = '{0}' and table_name = 'states_5s' and column_name = 'net'"
)
LATEST = "select ts_recv as n, ts_recv::varchar as said from raw.mbo order by ts_recv desc limit 1"
MACROS = "select beta(3, 1) as beta, b76_delta(1, 6800, 6800, 0.25, 0.2, 1) as delta"
VERSION = "select version() as version"
FIRST = "select min(bucket_end) as at from states_5s"
UNKEPT = "book.changes"
"""What refuses to answer, since the warehouse of these tests does not keep it."""
Answers = Callable[[str], dict[str, list[Row]]]


@pytest.fixture(scope="module")
def relations(simulated: Settings) -> dict[str, list[str]]:
    """Every relation that answers, with its columns."""
    names = [relation.name for relation in read.tables(simulated) if relation.name != UNKEPT]
    described = {name: read.describe(simulated, name)[1] for name in names}
    return {name: [column.name for column in columns] for name, columns in described.items()}


@pytest.fixture(scope="module")
def answers(
    clients: dict[str, Client],
    simulated: Settings,
    relations: dict[str, list[str]],
    agreement: str,
    named: str,
) -> Answers:
    """Return what a client answers to all questions of this file, asked once, by question."""
    folder = simulated.warehouse.parent
    questions = [f"select * from {relation} limit 1" for relation in relations]
    questions += [agreement, named, MACROS, VERSION, FIRST, LATEST, COMMENT.format("pressure")]
    questions += [COMMENT.format("main")]
    asked: dict[str, dict[str, list[Row]]] = {}

    def answer(name: str) -> dict[str, list[Row]]:
        if name not in asked:
            found = clients[name].ask("warehouse/spymaster.duckdb", questions, folder)
            asked[name] = dict(zip(questions, found, strict=True))
        return asked[name]

    return answer


@pytest.fixture(scope="module")
def agreement(simulated: Settings) -> str:
    """The question whether a bare name and the qualified one show as many rows."""
    with duck.reader(simulated.warehouse / "spymaster.duckdb") as connection:
        pairs = connection.execute(
            "select bare_name, relation from meta.relations"
            f" where relation not like 'raw.%' and relation <> '{UNKEPT}'"
        ).fetchall()
    counts = [
        f"(select count(*) from {bare}) = (select count(*) from {name}) as {bare}"
        for bare, name in pairs
    ]
    return f"select {', '.join(counts)}"


@pytest.fixture(scope="module")
def named(simulated: Settings) -> str:
    """The question whether naming the only session shows all rows, and naming another none."""
    with duck.reader(simulated.warehouse / "spymaster.duckdb") as connection:
        built = connection.execute(
            "select relation from meta.relations where sessions > 0 and relation not like 'raw.%'"
        ).fetchall()
    counts = [
        f"(select count(*) from {name}) = (select count(*) from {name}('2024-03-05'))"
        f" and not exists (from {name}(date '2024-03-06')) as {name.replace('.', '_')}"
        for (name,) in built
    ]
    return f"select {', '.join(counts)}"


@pytest.mark.parametrize("name", CLIENTS)
def test_a_client_reads_every_relation(
    answers: Answers, relations: dict[str, list[str]], name: str
) -> None:
    found = {
        relation: list(rows[0])
        for relation in relations
        if (rows := answers(name)[f"select * from {relation} limit 1"])
    }
    assert {"raw.mbo", "staging.mbo", "market.sessions", "pressure.states_5s"} <= set(found)
    assert found == {relation: relations[relation] for relation in found}


@pytest.mark.parametrize("name", CLIENTS)
def test_a_client_is_told_how_to_keep_what_was_not_kept(
    clients: dict[str, Client], simulated: Settings, name: str
) -> None:
    with pytest.raises(AssertionError, match=r"was not kept: set keep = \[\W*book\.changes\W*\]"):
        clients[name].ask(
            "warehouse/spymaster.duckdb", ["from changes"], simulated.warehouse.parent
        )


@pytest.mark.parametrize("name", CLIENTS)
def test_a_client_gets_the_same_for_bare_and_for_qualified_names(
    answers: Answers, agreement: str, name: str
) -> None:
    (row,) = answers(name)[agreement]
    assert len(row) > 20
    assert set(row.values()) == {True}


@pytest.mark.parametrize("name", CLIENTS)
def test_a_client_may_name_the_session(answers: Answers, named: str, name: str) -> None:
    (row,) = answers(name)[named]
    assert len(row) > 20
    assert set(row.values()) == {True}


@pytest.mark.parametrize("name", CLIENTS)
def test_a_client_sees_the_comments_of_relations_and_columns(
    answers: Answers, simulated: Settings, name: str
) -> None:
    relation, columns = read.describe(simulated, "states_5s")
    (net,) = (column for column in columns if column.name == "net")
    for schema in ("pressure", "main"):
        comments = [row["comment"] for row in answers(name)[COMMENT.format(schema)]]
        assert comments == [relation.doc, net.comment]


@pytest.mark.parametrize("name", CLIENTS)
def test_a_long_integer_is_exact_except_in_evidence_where_its_text_is(
    answers: Answers, simulated: Settings, name: str
) -> None:
    with duck.reader(simulated.warehouse / "spymaster.duckdb") as connection:
        ((exact, _),) = connection.execute(LATEST).fetchall()
    assert exact != int(float(exact))
    (row,) = answers(name)[LATEST]
    assert row["said"] == str(exact)
    if name == "evidence":
        assert float(row["n"]) == float(exact)
    else:
        assert int(row["n"]) == exact  # some print it as text: a number of JSON may be a double


@pytest.mark.parametrize("name", CLIENTS)
def test_a_bucket_ends_at_the_same_time_utc_in_every_client(answers: Answers, name: str) -> None:
    (row,) = answers(name)[FIRST]
    said = row["at"].replace("T", " ").removesuffix("Z").removesuffix(".000")
    assert said == "2024-03-05 14:30:05"


@pytest.mark.parametrize("name", CLIENTS)
def test_a_client_calls_the_macros_of_the_catalog(answers: Answers, name: str) -> None:
    (row,) = answers(name)[MACROS]
    # at the money delta is the normal distribution below half of vol times the root of time
    at_the_money = NormalDist().cdf(0.5 * 0.2 * 0.5)
    assert row == {"beta": 0.5, "delta": pytest.approx(at_the_money, abs=1e-12)}


def test_the_oldest_duckdb_that_reads_the_catalog_is_among_the_clients(answers: Answers) -> None:
    versions = {name: answers(name)[VERSION][0]["version"] for name in CLIENTS}
    assert versions["evidence"].startswith(f"{STORAGE[:4]}.")
    assert versions["held"] == f"v{duck.VERSION}"
