"""How levels held in the past: shares of outcomes with their intervals, beside a walk's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from spymaster.errors import UsageError
from spymaster.read.catalog import catalog
from spymaster.settings import Settings
from spymaster.setups.names import OUTCOMES
from spymaster.warehouse import duck

BY = {
    "level": "decisions.cluster_id",
    "kind": "touches.kinds[1]",
    "approach": "touches.approach",
    "n_touch": "touches.n_touch",
}
"""What outcomes can be told apart by, as SQL."""
SHARES = """
    with judged as (
        select
            {groups}
            outcomes.session,
            outcomes.wait_s,
            outcomes.horizon_s,
            outcomes.outcome,
            candidates.null_break,
            candidates.null_reject,
            candidates.null_chop
        from setups.outcomes
        inner join setups.decisions using (session, cluster_id, touched_at, wait_s)
        inner join analogs.candidates using (session, cluster_id, touched_at, wait_s, horizon_s)
        inner join pressure.touches
            on
                outcomes.session = touches.session
                and outcomes.cluster_id = touches.cluster_id
                and outcomes.touched_at = touches.bucket_end
        where outcomes.outcome is not null and outcomes.wait_s = {wait} and {condition}
            and {counted}
    )
    select
        {names}
        horizon_s,
        count(*) as n,
        count(distinct session) as sessions,
        {shares}
    from judged
    group by {names} horizon_s
    order by {names} horizon_s
"""


def outcomes(
    settings: Settings, subject: str | None = None, *, by: Sequence[str] = (), wait_s: int
) -> tuple[list[str], list[dict[str, Any]]]:
    """Return how touches of a level, or of a kind of level, ended, by groups and horizon.

    Parameters
    ----------
    subject : str
        A level such as PM_HIGH or a kind; all by default.
    by : sequence of str
        Of ``BY``.
    wait_s : int, seconds
        From the touch to the decision from which the outcome counts; one of the settings'.

    Raises
    ------
    UsageError
        For a subject that was never touched.
    """
    wanted = duck.literal(subject) if subject else "null"
    query = SHARES.format(
        groups="".join(f"{BY[name]} as {name}, " for name in by),
        names="".join(f"{name}, " for name in by),
        wait=wait_s,
        counted=counted(settings, "outcomes.session"),
        condition=(
            f"({wanted} is null or list_contains(touches.level_ids, {wanted})"
            f" or list_contains(touches.kinds, {wanted}))"
        ),
        shares=", ".join(_share(name) for name in OUTCOMES),
    )
    with catalog(settings) as connection:
        result = connection.execute(query)
        names = [column[0] for column in result.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
        if not rows and subject:
            _complain(connection, subject)
    return names, rows


def counted(settings: Settings, session: str) -> str:
    """Return the condition, in SQL, that a session counts as past: its records are complete."""
    return (
        f"({settings.analog_incomplete}"
        f" or {session} in (select session from market.sessions where incomplete is null))"
    )


def _share(outcome: str) -> str:
    share = f"count(*) filter (where outcome = '{outcome}') / count(*)"
    return (
        f"{share} as {outcome}, share_low({share}, count(*)) as {outcome}_low,"
        f" share_high({share}, count(*)) as {outcome}_high,"
        f" list_avg(list(null_{outcome} order by null_{outcome})) as {outcome}_walk"
    )


def _complain(connection: duck.Connection, subject: str) -> None:
    known = connection.execute(
        "select unnest(level_ids) as name from pressure.touches union"
        " select unnest(kinds) from pressure.touches order by name"
    ).fetchall()
    there = ", ".join(name for (name,) in known) or "none"
    raise UsageError(f"{subject}: no touch of it has an outcome yet; touched were: {there}")
