"""What the messages of a bucket are made from: the relations, and how their rows are looked up."""

from __future__ import annotations

from spymaster.stream import fields
from spymaster.stream.tables import Source

ORDERS = ("", "_d1", "_d2", "_d3")
FRAMES = tuple(
    f"{name}{suffix}{order}"
    for suffix in ("", "_touch")
    for name in fields.FRAME
    for order in ORDERS
)
MINUTES = tuple(f"{name}{of}" for name in fields.MINUTE for of in ("", "_c30s"))

SOURCES = {
    "quotes": Source("market.bbo_5s", fields.MARKET["market.bbo_5s"]),
    "tape": Source("pressure.tape_5s", fields.MARKET["pressure.tape_5s"], order=("level_id",)),
    "imbalance": Source("pressure.imbalance_5s", fields.MARKET["pressure.imbalance_5s"]),
    "trades": Source("market.trades_5s", ("tick",), order=("tick",)),
    "quality": Source(fields.QUALITY, fields.QUALITY_NOW),
    "levels": Source(fields.STATES, ("level_id",), order=("price desc", "level_id")),
    "states": Source(
        fields.STATES,
        (*fields.PLACE, *fields.REACH.values(), "why", "why_60s", *FRAMES, *MINUTES),
        keys=("level_id",),
    ),
    "phases": Source(fields.PHASES, fields.PHASE, keys=("level_id",)),
    "ladder": Source(fields.LADDER, fields.BOOK_LADDER, keys=("level_id",), order=('"offset"',)),
    "option_ladder": Source(
        fields.LADDER,
        (*fields.OPTION_LADDER, "option_qty"),
        keys=("level_id",),
        order=('"offset"',),
    ),
    "touches": Source(fields.TOUCHES, fields.TOUCH, order=("level_id",)),
    "profiles": Source(fields.PROFILE, fields.PROFILE_OF_SET, keys=("expiry_set",)),
    "hedges": Source(fields.HEDGE, fields.HEDGE_OF_SET, keys=("expiry_set",)),
    "pressure": Source(
        fields.PRESSURE,
        ("price", *fields.PRESSURE_OF_SET),
        keys=("level_id", "expiry_set"),
        order=('"offset"',),
    ),
    "strikes": Source(
        fields.STRIKES, fields.STRIKE, order=("front_strike",), where="expiry_set = '0dte'"
    ),
}
"""By what the messages call them."""
OF_OPTIONS = ("option_ladder", "profiles", "hedges", "pressure", "strikes")
"""Those that a session that goes on has later than the rest of a bucket."""
LOOKED_UP = (fields.LEVELS, fields.FORECASTS, fields.CARDS, "market.sessions", "levels.absences")
"""Relations that hello and analogs are made from."""
RELATIONS = tuple({source.relation: None for source in SOURCES.values()} | dict.fromkeys(LOOKED_UP))
