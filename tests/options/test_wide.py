"""The wide form carries what presses around a level in the options of the day and in all."""

from __future__ import annotations

import pytest

from options.simulated import Day
from spymaster.features import Registry
from spymaster.warehouse.columns import SQL

OFFSETS = {"below": -1, "at": 0, "above": 1}
SAME_AT_EVERY_PRICE = {"gex_asym", "dist_call_wall", "dist_put_wall", "dist_flip"}
DIFFERENCES = ("", "_d1", "_d2", "_d3")


@pytest.mark.thorough
def test_every_core_feature_of_options_is_the_same_wide(day: Day) -> None:
    core = [feature.name for feature in Registry(SQL).core["options.pressure_5s"]]
    assert len(core) == 14
    for expiries in ("0dte", "all"):
        for where, offset in OFFSETS.items():
            own = [name for name in core if name not in SAME_AT_EVERY_PRICE]
            compare(day, {name: f"{name}__{expiries}_{where}" for name in own}, expiries, offset)
        for offset in (-2, 0, 2):
            shared = {name: f"{name}__{expiries}" for name in SAME_AT_EVERY_PRICE}
            compare(day, shared, expiries, offset)


def compare(day: Day, columns: dict[str, str], expiries: str, offset: int) -> None:
    """Compare columns of the wide form with those of the long one at a price."""
    wide = ", ".join(f"{name}{end}" for name in columns.values() for end in DIFFERENCES)
    long = ", ".join(f"{name}{end}" for name in columns for end in DIFFERENCES)
    found = day.rows(f"select bucket_end, level_id, {wide} from pressure.features_5s order by all")
    wanted = day.rows(
        f"select bucket_end, level_id, {long} from options.pressure_5s"
        f" where expiry_set = '{expiries}' and \"offset\" = {offset} order by all"
    )
    assert found == wanted
    for name, values in zip(columns, list(zip(*found, strict=True))[2::4], strict=True):
        assert any(value is not None for value in values), f"{name} is never there"
