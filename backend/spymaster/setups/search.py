"""Similar setups of the past, for any level at any bucket: the models of a build, on one decision.

The search runs the very SQL of ``setups.*`` and ``analogs.*`` over a decision that nobody has to
have written down before. It is exact: some thousand vectors of a year are compared one by one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from spymaster.definitions import trading_hours
from spymaster.definitions.renderer import Renderer
from spymaster.errors import UsageError
from spymaster.read.catalog import catalog
from spymaster.settings import Settings
from spymaster.warehouse import duck, statements
from spymaster.warehouse.columns import SQL

Row = dict[str, Any]
OF_SESSION = (
    *("pressure.cells_5s", "pressure.touch_5s", "pressure.tape_5s", "pressure.imbalance_5s"),
    *("pressure.levels_5s", "pressure.states_5s", "pressure.touches", "market.bbo_5s"),
    *("analogs.norms", "analogs.weights"),
)
"""Read of the session that is asked about, and of no other."""
BEFORE = ("market.sessions", "setups.outcomes", "setups.walks")
"""Read of all sessions before it."""
MEMORY_S = 120


@dataclass(frozen=True)
class Moment:
    """A level at the end of a bucket, seen as a decision."""

    session: date
    level_id: str
    at: datetime
    """UTC, end of the bucket."""
    touched_at: datetime
    """UTC, of the touch that it is about; the same bucket where there is none."""
    wait_s: int
    """The wait of the past decisions that it is held against."""
    is_touch: bool
    """Whether it is a decision about a touch, so many seconds after it."""


@dataclass(frozen=True)
class Found:
    """What a search found."""

    moment: Moment
    decision: Row
    forecasts: list[Row]
    """One for each horizon, as ``analogs.forecasts``."""
    cards: list[Row]
    """Neighbours by horizon and rank, as ``analogs.cards``."""
    paths: dict[tuple[date, str, datetime], list[float]]
    """Of each neighbour the mid at bucket ends after its decision, along its travel, in ticks."""


class Search:
    """A private database in which one decision is compared with those of earlier sessions."""

    def __init__(self, connection: duck.Connection, settings: Settings, session: date) -> None:
        self._connection, self._settings, self._session = connection, settings, session
        renderer = Renderer(SQL, settings)
        self._templates = renderer.session(session, trading_hours.by_clock(session))
        connection.execute("use memory")
        for macro in renderer.macros.values():
            connection.execute(macro)
        for schema in ("pressure", "market", "setups", "analogs", "own"):
            connection.execute(f"create schema {schema}")
        for relation in OF_SESSION:
            self._show(relation, f"from spymaster.{relation}('{session}')")
        for relation in BEFORE:
            self._show(relation, self._earlier(relation))

    def moment(self, level_id: str, at: time | None) -> Moment:
        """Return the moment that is asked about: a time of day, or the level's last touch.

        Raises
        ------
        UsageError
            For a level that is not there, one that price did not come to, or a time without it.
        """
        levels = [
            name for (name,) in self._rows("select distinct level_id from pressure.levels_5s")
        ]
        if level_id not in levels:
            there = ", ".join(sorted(levels)) or "none"
            raise UsageError(f"{level_id}: not tracked on {self._session}; there are: {there}")
        touches = [
            when
            for (when,) in self._rows(
                "select bucket_end from pressure.touches where list_contains(level_ids,"
                f" {duck.literal(level_id)}) order by bucket_end"
            )
        ]
        if at is None and not touches:
            said = f"price did not come to {level_id} on {self._session}"
            raise UsageError(f"{said}; give a time of day, such as --at 10:15")
        waits = sorted(self._settings.setup_waits, reverse=True)
        if at is None:
            when = self._last_decision(touches[-1], waits)
        else:
            local = datetime.combine(self._session, at, self._settings.zone)
            when = local.astimezone(UTC).replace(tzinfo=None)
        for touched_at in (one for one in reversed(touches) if one <= when):
            since = (when - touched_at).total_seconds()
            if since <= waits[0]:
                wait = next(wait for wait in waits if wait <= since)
                is_touch = wait == since
                return Moment(self._session, level_id, when, touched_at, wait, is_touch)
            break
        return Moment(self._session, level_id, when, when, min(waits), is_touch=False)

    def find(self, moment: Moment) -> Found:
        """Return past setups that looked most like a moment, and how it may end by them.

        Raises
        ------
        UsageError
            Where the level is not used then, or volatility is not known yet.
        """
        self._decide(moment)
        wait = f"and wait_s = {moment.wait_s}"
        self._make("setups.segments", "setups/segments.sql")
        self._make("setups.tape_segments", "setups/steps/tape_segments.sql")
        self._make("own.vectors", "setups/vectors.sql")
        past = self._earlier("setups.vectors")
        self._show("setups.vectors", f"from own.vectors union all by name ({past} {wait})")
        self._make("analogs.past_sessions", "analogs/steps/past_sessions.sql")
        self._make("analogs.neighbours", "analogs/neighbours.sql")
        self._make("analogs.history", "analogs/steps/history.sql")
        self._make("own.candidates", "analogs/candidates.sql")
        self._show("analogs.candidates", f"{self._earlier('analogs.candidates')} {wait}")
        self._make("analogs.scored", "analogs/steps/scored.sql")
        self._show("analogs.candidates", "from own.candidates")
        self._make("analogs.forecasts", "analogs/forecasts.sql")
        self._make("analogs.cards", "analogs/cards.sql")
        (decision,) = self._named("from setups.decisions")
        cards = self._named("from analogs.cards")
        return Found(
            moment, decision, self._named("from analogs.forecasts"), cards, self._paths(cards)
        )

    def _last_decision(self, touched_at: datetime, waits: list[int]) -> datetime:
        """Return the latest moment that setups know of a touch, within the session."""
        ends = ", ".join(f"{duck.literal(touched_at)} + to_seconds({wait})" for wait in waits)
        query = f"select bucket_end from pressure.states_5s where bucket_end in ({ends})"
        ((last,),) = self._rows(f"select max(bucket_end) from ({query})")
        return last or touched_at

    def _decide(self, moment: Moment) -> None:
        """Make the one row of setups.decisions, by the rules of its model."""
        at, level = duck.literal(moment.at), duck.literal(moment.level_id)
        touched = duck.literal(moment.touched_at)
        self._connection.execute(f"""
            create table setups.decisions as
            select
                states_5s.session,
                states_5s.instrument_id,
                states_5s.level_id as cluster_id,
                {touched}::timestamp as touched_at,
                {moment.wait_s}::integer as wait_s,
                states_5s.bucket_end as decided_at,
                if(coalesce(touches.approach, states_5s.approach) = 'from_below', 1, -1)::tinyint
                    as dir,
                coalesce(touches.tick, levels_5s.tick) as tick,
                coalesce(touches.price, levels_5s.price) as price,
                bbo_5s.mid as decision_mid,
                dir * (
                    (bbo_5s.bid_tick + bbo_5s.ask_tick) / 2
                    - coalesce(touches.tick, levels_5s.tick)
                ) as dist_ticks,
                states_5s.sigma_ticks,
                (
                    select count(*) from pressure.levels_5s
                    where level_id = {level} and bucket_end <= {at}
                        and bucket_end > {at}::timestamp - to_seconds({MEMORY_S})
                ) as n_buckets
            from pressure.states_5s
            inner join pressure.levels_5s using (bucket_end, level_id)
            inner join market.bbo_5s using (bucket_end)
            left join pressure.touches
                on list_contains(touches.level_ids, {level}) and touches.bucket_end = {touched}
            where states_5s.level_id = {level} and states_5s.bucket_end = {at}
                and bbo_5s.mid is not null and states_5s.sigma_ticks is not null
            limit 1
        """)
        ((there,),) = self._rows("select count(*) from setups.decisions")
        if not there:
            local = moment.at.replace(tzinfo=UTC).astimezone(self._settings.zone)
            known = self._rows(
                "select min(bucket_end), max(bucket_end) from pressure.states_5s where sigma_ticks"
                f" is not null and level_id = {level}"
            )[0]
            first, last = (
                f"{end.replace(tzinfo=UTC).astimezone(self._settings.zone):%H:%M:%S}"
                if end
                else "-"
                for end in known
            )
            raise UsageError(
                f"{moment.level_id} at {local:%H:%M:%S}: no bucket with quotes and a volatility;"
                f" there are some from {first} to {last}, each 5 s"
            )

    def _paths(self, cards: list[Row]) -> dict[tuple[date, str, datetime], list[float]]:
        """Return the mids after each neighbour's decision, up to the longest horizon."""
        longest = max(self._settings.setup_horizons)
        keys = {
            (c["neighbour_session"], c["neighbour_cluster_id"], c["neighbour_touched_at"])
            for c in cards
        }
        found: dict[tuple[date, str, datetime], list[float]] = {}
        for session, cluster_id, touched_at in sorted(keys):
            wait = self._settings.setup_waits and cards[0]["wait_s"]
            rows = self._rows(f"""
                select decisions.dir
                    * ((bbo_5s.bid_tick + bbo_5s.ask_tick) / 2 - decisions.tick)
                    - decisions.dist_ticks
                from spymaster.setups.decisions('{session}') as decisions
                inner join spymaster.market.bbo_5s('{session}') as bbo_5s
                    on
                        decisions.instrument_id = bbo_5s.instrument_id
                        and bbo_5s.bucket_end > decisions.decided_at
                        and bbo_5s.bucket_end <= decisions.decided_at + to_seconds({longest})
                where decisions.cluster_id = {duck.literal(cluster_id)}
                    and decisions.touched_at = {duck.literal(touched_at)}
                    and decisions.wait_s = {wait} and bbo_5s.mid is not null
                order by bbo_5s.bucket_end
            """)
            found[session, cluster_id, touched_at] = [moved for (moved,) in rows]
        return found

    def _earlier(self, relation: str) -> str:
        return f"from spymaster.{relation} where session < date '{self._session}'"

    def _show(self, relation: str, query: str) -> None:
        self._connection.execute(f"create or replace view {statements.name(relation)} as {query}")

    def _make(self, relation: str, template: str) -> None:
        query = self._templates.render(template)
        self._connection.execute(f"create table {statements.name(relation)} as {query}")

    def _rows(self, query: str) -> list[tuple[Any, ...]]:
        return self._connection.execute(query).fetchall()

    def _named(self, query: str) -> list[Row]:
        result = self._connection.execute(query)
        names = [column[0] for column in result.description or ()]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


@contextmanager
def opened(settings: Settings, session: date | None) -> Iterator[Search]:
    """Open the published catalog for a search in a session, by default the last one.

    Raises
    ------
    UsageError
        Where nothing is published, or not that session.
    """
    with catalog(settings) as connection:
        rows = connection.execute(
            "select distinct session from market.fronts order by session"
        ).fetchall()
        sessions = [day for (day,) in rows]
        chosen = session or (sessions[-1] if sessions else None)
        if chosen is None or chosen not in sessions:
            there = f"{sessions[0]} to {sessions[-1]}" if sessions else "none"
            raise UsageError(f"{session}: no such session; there are: {there}")
        yield Search(connection, settings, chosen)
