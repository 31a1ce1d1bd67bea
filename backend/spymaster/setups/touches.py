"""The touches of a session and what came of each, for who looks at days that are over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from spymaster.units import lasting
from spymaster.warehouse import duck

TOUCHES = """
    with lengths as (
        select min(wait_s) as wait_s, quantile_disc(horizon_s, 0.5) as horizon_s
        from (select distinct wait_s, horizon_s from setups.outcomes({session}))
    )

    select
        touches.cluster_id, touches.level_ids, touches.bucket_end, touches.price,
        touches.approach = 'from_below', touches.n_touch, outcomes.outcome, outcomes.why,
        outcomes.hit_s, outcomes.barrier_ticks, lengths.horizon_s, lengths.wait_s
    from pressure.touches({session}) as touches
    cross join lengths
    left join setups.outcomes({session}) as outcomes
        on
            touches.cluster_id = outcomes.cluster_id
            and touches.bucket_end = outcomes.touched_at
            and lengths.wait_s = outcomes.wait_s
            and lengths.horizon_s = outcomes.horizon_s
    where {level} is null or list_contains(touches.level_ids, {level})
    order by touches.bucket_end, touches.level_id
"""


@dataclass(frozen=True)
class Touch:
    """One time that price came to a level, judged from its arrival, or as soon after as it is."""

    cluster_id: str
    """Level that was reached first."""
    level_ids: tuple[str, ...]
    """Levels that were reached at once, ``cluster_id`` first."""
    at: datetime
    """UTC, naive."""
    price: float
    """Of the level, points."""
    from_below: bool
    n_touch: int
    outcome: str | None
    """break, reject or chop; None where ``why`` is not, or price had no volatility yet."""
    why: str | None
    """window_ends or hole."""
    hit_s: int | None
    """From when it was judged to the barrier, seconds; None in a chop."""
    barrier_ticks: int | None
    """On, or back, from the price when it was judged."""
    horizon_s: int | None
    """How long price was given, seconds; the middle one of the horizons."""
    wait_s: int | None
    """From arrival to when it was judged, seconds; the shortest of the waits."""

    @property
    def given(self) -> str:
        """How long price was given, and since when, as a person says it."""
        since = f" from {self.wait_s} s after arrival" if self.wait_s else " of arrival"
        return "" if self.horizon_s is None else f"{lasting(self.horizon_s)}{since}"


def touches(connection: duck.Connection, session: date, level_id: str | None = None) -> list[Touch]:
    """Return the touches of a session in time, of one level or of all."""
    query = TOUCHES.format(
        session=duck.literal(session), level="null" if level_id is None else duck.literal(level_id)
    )
    return [
        Touch(cluster, tuple(levels), *rest)
        for cluster, levels, *rest in connection.execute(query).fetchall()
    ]
