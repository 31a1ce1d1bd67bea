"""What each message of a bucket carries, as JSON Schema made from the headers."""

from __future__ import annotations

from spymaster.stream import fields
from spymaster.stream.columns import required, schema_of
from spymaster.stream.shapes import (
    BUCKET_END,
    REASON,
    SEQ,
    SESSION,
    WHY,
    Schema,
    arrays_of,
    columns_of,
    listed,
    message,
    record,
    ref,
    tuple_of,
)

ENVELOPE: Schema = {
    "session": SESSION,
    "seq": SEQ,
    "bucket_end": BUCKET_END,
    "final": {"type": "boolean", "description": "false where a late record may still change it"},
}


def bucket_definitions() -> Schema:
    """Return the definitions that messages of every bucket are made of, by name."""
    return {
        "Reason": {"title": "Reason", "type": "string", "enum": list(fields.WHY)},
        "Why": _why(),
        "Market": _market(),
        "Quality": record(
            {**columns_of(fields.QUALITY, fields.QUALITY_NOW), "why": WHY}, title="Quality"
        ),
        "Ladder": _ladder(),
        "Frame": _frame(""),
        "TouchFrame": _frame("_touch"),
        "Minute": _minute(),
        "Level": _level(),
        "Touch": _touch(),
        "Bucket": _bucket("bucket", ENVELOPE, "One bucket of 5 seconds."),
        "Revise": _bucket(
            "revise",
            ENVELOPE | {"reason": {"type": "string"}},
            "A closed bucket that a late record changed, whole; its analogs are taken back, those"
            " that hold follow.",
        ),
        "Profile": _profile(),
        "Hedging": _hedging(),
        "SetPressure": _set_pressure(),
        "OptionLevel": _option_level(),
        "Options": _options(),
        "Strikes": _strikes(),
    }


def _why() -> Schema:
    step = {"anyOf": [REASON, {"type": "null"}]}
    return {
        "title": "Why",
        "type": "object",
        "description": "by column: why it is null; of a ladder one reason, or one per step",
        "additionalProperties": {"anyOf": [REASON, listed(step)]},
    }


def _market() -> Schema:
    columns = {
        name: schema_of(relation, name)
        for relation, names in fields.MARKET.items()
        for name in names
    }
    for name, word in (("low_tick", "lowest"), ("high_tick", "highest")):
        columns[name] = {"type": ["integer", "null"], "description": f"{word} trade [ticks]"}
    return record({**columns, "why": WHY}, title="Market")


def _bucket(kind: str, envelope: Schema, doc: str) -> Schema:
    return message(
        kind,
        {
            **envelope,
            "market": ref("Market"),
            "quality": ref("Quality"),
            "levels": listed(ref("Level"), doc="those in use, by price from the top"),
            "touches": listed(ref("Touch"), doc="levels that price came to in this bucket"),
        },
        doc,
    )


def _level() -> Schema:
    place = columns_of(fields.STATES, fields.PLACE)
    for name in ("price", "code", "code_touch"):
        place[name] = required(place[name])
    reach = {name: schema_of(fields.STATES, column) for name, column in fields.REACH.items()}
    return record(
        {
            "level_id": required(schema_of(fields.STATES, "level_id")),
            **place,
            **columns_of(fields.PHASES, fields.PHASE),
            "reach": record(reach, title="Reach"),
            "level": ref("Frame"),
            "touch": ref("TouchFrame"),
            "minute": ref("Minute"),
            "why": WHY,
            "ladder": ref("Ladder"),
        },
        title="Level",
        doc="A level in one bucket.",
    )


def _frame(suffix: str) -> Schema:
    properties = {
        name: tuple_of(
            fields.STATES, [f"{name}{suffix}{order}" for order in ("", "_d1", "_d2", "_d3")]
        )
        for name in fields.FRAME
    }
    title, seen = ("TouchFrame", "each side's own quote") if suffix else ("Frame", "the level")
    return record(properties, title=title, doc=f"Value, d1, d2 and d3, seen from {seen}.")


def _minute() -> Schema:
    pairs = {name: tuple_of(fields.STATES, [name, f"{name}_c30s"]) for name in fields.MINUTE}
    return record(pairs, title="Minute", doc="Pooled over 60 s: value and change over 30 s.")


def _ladder() -> Schema:
    steps = {"offset": listed({"type": "integer"}, len(fields.OFFSETS))}
    arrays = arrays_of(fields.LADDER, fields.BOOK_LADDER, len(fields.OFFSETS))
    return record(steps | arrays, title="Ladder", doc="Eleven steps of $1, from -5 to 5.")


def _touch() -> Schema:
    columns = columns_of(fields.TOUCHES, fields.TOUCH)
    return record({name: required(one) for name, one in columns.items()}, title="Touch")


def _profile() -> Schema:
    return record(columns_of(fields.PROFILE, fields.PROFILE_OF_SET), title="Profile")


def _hedging() -> Schema:
    return record(
        columns_of(fields.HEDGE, fields.HEDGE_OF_SET),
        title="Hedging",
        doc="Futures that dealers had to trade because options traded.",
    )


def _set_pressure() -> Schema:
    prices = len(fields.PRICES)
    return record(arrays_of(fields.PRESSURE, fields.PRESSURE_OF_SET, prices), title="SetPressure")


def _option_level() -> Schema:
    steps = len(fields.OFFSETS)
    sets = {name: ref("SetPressure") for name in fields.EXPIRY_SETS}
    return record(
        {
            "level_id": {"type": "string"},
            "price": listed(schema_of(fields.PRESSURE, "price"), len(fields.PRICES)),
            "pressure": record(sets, title="PressureOfSets"),
            "ladder": record(
                arrays_of(fields.LADDER, fields.OPTION_LADDER, steps), title="OptionLadder"
            ),
            "why": WHY,
        },
        title="OptionLevel",
    )


def _options() -> Schema:
    def per_set(name: str, title: str) -> Schema:
        sets = {one: ref(name) for one in fields.EXPIRY_SETS}
        return record(sets, title=title)

    return message(
        "options",
        {
            **ENVELOPE,
            "gex_profile": per_set("Profile", "Profiles"),
            "hedge": per_set("Hedging", "HedgingOfSets"),
            "levels": listed(ref("OptionLevel")),
            "why": WHY,
        },
        "The options of a bucket; live it may come one bucket later.",
    )


def _strikes() -> Schema:
    arrays = arrays_of(fields.STRIKES, fields.STRIKE, None)
    for name in fields.STRIKE[1:]:
        unit = {"description": arrays[name]["items"]["description"].replace("[$/1%]", "[$M/1%]")}
        arrays[name]["items"] = arrays[name]["items"] | unit
    return message(
        "strikes",
        {**ENVELOPE, **arrays, "why": WHY},
        f"Gamma of the day's expiry within {fields.NEARBY_POINTS} points of the price.",
    )
