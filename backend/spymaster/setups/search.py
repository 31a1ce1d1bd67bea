"""Similar setups of the past, for any level at any bucket: the models of a build, on one decision.

The search runs the very SQL of ``setups.*`` and ``analogs.*`` over a decision that nobody has to
have written down before. It is exact: some thousand vectors of a year are compared one by one.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time

from spymaster.definitions import loading
from spymaster.definitions.searching import Searching
from spymaster.errors import UsageError
from spymaster.read import tracked
from spymaster.read.catalog import catalog
from spymaster.settings import Settings
from spymaster.setups import moments
from spymaster.setups.moments import Moment
from spymaster.setups.names import Row
from spymaster.warehouse import duck, statements
from spymaster.warehouse.columns import SQL
from spymaster.warehouse.layout import Layout
from spymaster.warehouse.ledger import Ledger
from spymaster.warehouse.relations import rows_of

Neighbour = tuple[date, str, datetime]
"""Session, cluster and time of its touch."""
Path = list[float | None]
"""Mids at bucket ends after a decision, along its travel, in ticks; None where there is none."""
OF_SESSION = (
    *("pressure.cells_5s", "pressure.touch_5s", "pressure.tape_5s", "pressure.imbalance_5s"),
    *("pressure.levels_5s", "pressure.states_5s", "pressure.touches", "market.bbo_5s"),
    "market.fronts",
)
"""Read of the session that is asked about, and of no other."""
LEARNT = ("analogs.norms", "analogs.relevance", "analogs.weights", "analogs.looks")
"""Read of that session too, which knows by them what came before it."""
BEFORE = ("market.sessions", "setups.outcomes", "setups.walks")
"""Read of all sessions before it."""
WAITED = ("setups.vectors", "analogs.candidates")
"""Read of all before it, decided as long after their touch; then of what is asked about."""
PAST = ("analogs.past_sessions", "analogs.history", "analogs.scaled", "analogs.scored")
"""Made of earlier sessions alone."""
TOLD = """
    select
        vector_columns.name,
        relevance.correlation,
        vectors.v[relevance.dim]::double as number,
        norms.centre as usual
    from analogs.relevance
    inner join analogs.norms using (wait_s, dim)
    inner join setups.vector_columns using (dim)
    inner join own.vectors using (wait_s)
    where relevance.correlation > 0
    order by relevance.correlation desc, relevance.dim
    limit {most}
"""
MOST_TOLD = 3
PATHS = """
    with wanted as (
        select distinct neighbour_session, neighbour_cluster_id, neighbour_touched_at, wait_s
        from analogs.cards
    ),
    quotes as (
        from spymaster.market.bbo_5s
        where session in ({sessions})
    )
    select
        decisions.session,
        decisions.cluster_id,
        decisions.touched_at,
        list(
            decisions.dir * ((quotes.bid_tick + quotes.ask_tick) / 2 - decisions.tick)
            - decisions.dist_ticks
            order by quotes.bucket_end
        ) filter (where quotes.bucket_end is not null)
    from wanted
    inner join spymaster.setups.decisions
        on
            wanted.neighbour_session = decisions.session
            and wanted.neighbour_cluster_id = decisions.cluster_id
            and wanted.neighbour_touched_at = decisions.touched_at
            and wanted.wait_s = decisions.wait_s
    left join quotes
        on
            decisions.instrument_id = quotes.instrument_id
            and decisions.session = quotes.session
            and decisions.decided_at < quotes.bucket_end
            and decisions.decided_at + to_seconds({longest}) >= quotes.bucket_end
    group by decisions.session, decisions.cluster_id, decisions.touched_at
"""


@dataclass(frozen=True)
class Found:
    """What a search found."""

    moment: Moment
    decision: Row
    forecasts: list[Row]
    """One for each horizon, as ``analogs.forecasts``."""
    cards: list[Row]
    """Neighbours by horizon and rank, as ``analogs.cards``."""
    paths: dict[Neighbour, Path]
    """Of each neighbour."""
    told: list[Row]
    """The numbers that told most of which way price went: ``correlation`` with it in earlier
    sessions, the ``number`` of this setup, and what is ``usual``."""


class Search:
    """A private database in which one decision is compared with those of earlier sessions."""

    def __init__(
        self, connection: duck.Connection, settings: Settings, session: date, asked: Searching
    ) -> None:
        self._connection, self._settings, self._session = connection, settings, session
        self._models = asked.models
        # most that it asks has a few hundred rows, for which more threads only cost
        connection.execute("set threads = 1")
        schemas = "; ".join(
            f"create schema {schema}"
            for schema in ("pressure", "market", "setups", "analogs", "own")
        )
        connection.execute("; ".join(["use memory", schemas, *asked.macros]))
        for relation in OF_SESSION:
            self._show(relation, self._now(relation))

    def moment(self, level_id: str, at: time | None) -> Moment:
        """Return the moment that is asked about: a time of day, or the level's last touch.

        Raises
        ------
        UsageError
            For a level that is not there, or one that price did not come to.
        """
        return moments.find(self._connection, self._settings, self._session, level_id, at)

    def find(self, moment: Moment) -> Found:
        """Return past setups that looked most like a moment, and how it may end by them.

        Raises
        ------
        UsageError
            Where the level is not used then, or volatility is not known yet.
        """
        with duck.beside(self._connection) as beside, ThreadPoolExecutor(1) as pool:
            beside.execute("use memory")
            # what the past says hangs on the wait alone: half of the work, so both at once
            past = pool.submit(self._make_past, beside, moment.wait_s)
            self._make_own(moment)
            past.result()
            self._show("setups.vectors", "from own.vectors")
            self._make("analogs.neighbours")
            alike = pool.submit(self._alike, beside)
            self._make("analogs.candidates", "own.candidates")
            self._show("analogs.candidates", "from own.candidates")
            self._make("analogs.forecasts")
            (decision,) = self._named("from setups.decisions")
            forecasts = self._named("from analogs.forecasts")
            told = self._named(TOLD.format(most=MOST_TOLD))
            return Found(moment, decision, forecasts, *alike.result(), told)

    def _make_own(self, moment: Moment) -> None:
        moments.decide(self._connection, self._settings, moment)
        self._make("setups.segments")
        self._make("setups.tape_segments")
        self._make("setups.vectors", "own.vectors")
        self._make("setups.vector_columns")

    def _make_past(self, beside: duck.Connection, wait_s: int) -> None:
        shown = {name: self._now(name) for name in LEARNT}
        shown |= {name: self._earlier(name) for name in BEFORE}
        shown |= {name: f"{self._earlier(name)} and wait_s = {wait_s}" for name in WAITED}
        for relation, query in shown.items():
            beside.execute(statements.view(relation, query))
        for relation in PAST:
            beside.execute(self._created(relation, relation))

    def _alike(self, beside: duck.Connection) -> tuple[list[Row], dict[Neighbour, Path]]:
        """Return the neighbours, and the mids after each one, as far as the longest horizon."""
        beside.execute(self._created("analogs.cards", "analogs.cards"))
        cards = rows_of(beside, "from analogs.cards")
        sessions = sorted({card["neighbour_session"] for card in cards})
        if not sessions:
            return cards, {}
        # named one by one, or the view would open the files of all sessions
        named = ", ".join(f"date '{day}'" for day in sessions)
        query = PATHS.format(sessions=named, longest=max(self._settings.setup_horizons))
        rows = beside.execute(query).fetchall()
        return cards, {tuple(key): path or [] for *key, path in rows}

    def _now(self, relation: str) -> str:
        return f"from spymaster.{relation}('{self._session}')"

    def _earlier(self, relation: str) -> str:
        return f"from spymaster.{relation} where session < date '{self._session}'"

    def _show(self, relation: str, query: str) -> None:
        self._connection.execute(statements.view(relation, query))

    def _make(self, relation: str, called: str | None = None) -> None:
        self._connection.execute(self._created(relation, called or relation))

    def _created(self, relation: str, called: str) -> str:
        return f"create table {statements.name(called)} as {self._models[relation]}"

    def _named(self, query: str) -> list[Row]:
        return rows_of(self._connection, query)


@contextmanager
def opened(settings: Settings, session: date | None) -> Iterator[Search]:
    """Open the published catalog for a search in a session, by default the last one.

    Raises
    ------
    UsageError
        Where nothing is published, not that session, or not all of it that a search reads.
    """
    with catalog(settings) as connection:
        chosen = tracked.built(connection, session)
        _check_built(connection, chosen)
        ledger = Ledger(Layout(settings.warehouse))
        asked = loading.search(settings, SQL, ledger, chosen)
        yield Search(connection, settings, chosen, asked)


def _check_built(connection: duck.Connection, session: date) -> None:
    query = f"select relation from meta.files where date = date '{session}'"
    built = {relation for (relation,) in connection.execute(query).fetchall()}
    missing = [relation for relation in (*OF_SESSION, *LEARNT) if relation not in built]
    if missing:
        raise UsageError(f"{session}: not built: {', '.join(missing)}; run the models first")
