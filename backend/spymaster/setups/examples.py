"""Setups as a learner takes them: what came of each, and what each bucket before it was like.

Everything is read of published relations, and every ratio is the registry's, so that what is learnt
of past sessions can be asked of the next one.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from spymaster.features import Registry
from spymaster.settings import Settings
from spymaster.setups.names import allowed
from spymaster.setups.past import counted
from spymaster.setups.verdict import IS_PLACEBO
from spymaster.units import BUCKET_NS, NS_PER_SECOND
from spymaster.warehouse.columns import SQL

HERE = Path(__file__).parent
STEPS = 24
"""Buckets before a decision."""
NEAR_TICKS = 40
"""Windows of all day are those that end with price that near to their level: the cells' reach."""
CELL_FEATURES = ("pull_add", "add_intensity", "pull_intensity", "fill_intensity", "out_direction")
CELL_PLACES = ("front_at", "front_near", "front_far", "back_at", "back_near", "back_far")
TOUCH_FEATURES = ("centre_move", "pull_add", "add_intensity", "pull_intensity")
TOUCH_PLACES = ("touch_front", "touch_back")
OF_PLACES = tuple(
    (name, place)
    for names, places in ((CELL_FEATURES, CELL_PLACES), (TOUCH_FEATURES, TOUCH_PLACES))
    for place in places
    for name in names
    # what leaves a single price leaves it away from the level, by definition
    if not (name == "out_direction" and place.endswith("_at"))
)
NAMES = (
    *(f"{name}__{place}" for name, place in OF_PLACES),
    *("centre_move__front", "centre_move__back", "buy_sell__tape", "queue_imbalance__tape"),
    *("dist_sigma__path", "move_sigma__path"),
)
"""What a bucket holds, feature__place, front being the side that stops the travel."""
DECIDED = """
    select
        decisions.session,
        decisions.cluster_id as level_id,
        decisions.touched_at,
        decisions.decided_at,
        decisions.dir
    from setups.decisions
    where decisions.wait_s = {wait_s} and {counted}
"""
ALL_DAY = """
    select
        states_5s.session,
        states_5s.level_id,
        states_5s.bucket_end as touched_at,
        states_5s.bucket_end as decided_at,
        if(states_5s.approach = 'from_above', -1, 1)::tinyint as dir
    from pressure.states_5s
    where
        epoch(states_5s.bucket_end)::bigint % {span_s} = 0
        and abs(states_5s.dist_ticks) <= {near_ticks}
        and {counted}
"""
JUDGED = """
    select
        forecasts.*,
        decisions.decided_at,
        decisions.dir,
        decisions.price,
        decisions.sigma_ticks,
        vectors.v,
        outcomes.outcome,
        {is_placebo}
    from setups.outcomes
    inner join analogs.forecasts using (session, cluster_id, touched_at, wait_s, horizon_s)
    inner join setups.decisions using (session, cluster_id, touched_at, wait_s)
    inner join setups.vectors using (session, cluster_id, touched_at, wait_s)
    inner join pressure.touches
        on
            outcomes.session = touches.session
            and outcomes.cluster_id = touches.cluster_id
            and outcomes.touched_at = touches.bucket_end
    where
        wait_s = {wait_s} and horizon_s = {horizon_s}
        and outcomes.outcome is not null and {counted}
    order by session, touched_at, cluster_id
"""


def judged(settings: Settings, wait_s: int, horizon_s: int) -> str:
    """Return the query of all setups whose outcome is known, with the forecasts of their day.

    Raises
    ------
    UsageError
        For a wait or horizon that no outcome has.
    """
    allowed("wait_s", wait_s, settings.setup_waits)
    allowed("horizon_s", horizon_s, settings.setup_horizons)
    return JUDGED.format(
        wait_s=wait_s,
        horizon_s=horizon_s,
        is_placebo=IS_PLACEBO,
        counted=counted(settings, "outcomes.session"),
    )


def buckets(settings: Settings, wait_s: int | None) -> str:
    """Return the query of the buckets before each decision, or of all day in windows.

    Parameters
    ----------
    wait_s : int, seconds
        From touch to decision; None for windows of every level that follow each other, each called
        by its end, travel being away from where price came from.

    Raises
    ------
    UsageError
        For a wait that no decision has.
    """
    if wait_s is None:
        moments = ALL_DAY.format(
            span_s=STEPS * BUCKET_NS // NS_PER_SECOND,
            near_ticks=NEAR_TICKS,
            counted=counted(settings, "states_5s.session"),
        )
    else:
        allowed("wait_s", wait_s, settings.setup_waits)
        moments = DECIDED.format(wait_s=wait_s, counted=counted(settings, "decisions.session"))
    return _rendered(settings, moments)


def _rendered(settings: Settings, moments: str) -> str:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    registry = Registry(SQL)

    def chosen(relation: str, names: tuple[str, ...]) -> list[Any]:
        return [feature for feature in registry[relation] if feature.name in names]

    environment = Environment(
        loader=FileSystemLoader([HERE, SQL]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    intensities = chosen("pressure.ratios_5s", ("add_intensity", "pull_intensity"))
    return environment.get_template("examples.sql").render(
        moments=moments.strip(),
        steps=STEPS,
        bucket_s=BUCKET_NS // NS_PER_SECOND,
        bucket_ns=BUCKET_NS,
        band_ticks=settings.band_ticks,
        cell_features=chosen("pressure.ratios_5s", CELL_FEATURES),
        touch_features=[*chosen("pressure.touch_5s", TOUCH_FEATURES), *intensities],
        of_places=OF_PLACES,
    )
