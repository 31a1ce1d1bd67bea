"""What the messages carry that are not of one bucket, from the snapshot to the end."""

from __future__ import annotations

from spymaster.stream import fields
from spymaster.stream.columns import required, schema_of
from spymaster.stream.hello import hello
from spymaster.stream.shapes import (
    BUCKET_END,
    BUILD,
    NULLABLE_SEQ,
    NUMBER,
    REASON,
    SEQ,
    SESSION,
    TEXT,
    Schema,
    columns_of,
    listed,
    message,
    record,
    ref,
    told,
)

SHARE: Schema = {"type": "number", "minimum": 0, "maximum": 1}
NULLABLE_REASON: Schema = {"anyOf": [REASON, {"type": "null"}]}


def control_definitions() -> Schema:
    """Return the definitions that are not of one bucket, by name."""
    return {
        "Hello": hello(),
        "Snapshot": _snapshot(),
        "Chance": _chance(),
        "Horizon": _horizon(),
        "Card": _card(),
        "Analogs": _analogs(),
        "Gap": message(
            "gap",
            {"session": SESSION, "from": SEQ, "to": SEQ, "why": told("what kept it from them")},
            "Buckets that this client was not sent.",
        ),
        "Reset": message(
            "reset",
            {"session": SESSION, "old_build": BUILD, "new_build": BUILD},
            "The session was built anew: forget it, a snapshot follows.",
        ),
        "Heartbeat": _heartbeat(),
        "End": message(
            "end", {"session": SESSION, "last_seq": NULLABLE_SEQ}, "The window is over."
        ),
    }


def _snapshot() -> Schema:
    return message(
        "snapshot",
        {
            "session": SESSION,
            "build": BUILD,
            "buckets": listed(ref("Bucket")),
            "options": listed(ref("Options")),
            "strikes": {"anyOf": [ref("Strikes"), {"type": "null"}]},
            "analogs": listed(ref("Analogs"), doc="the last of each level"),
        },
        f"The last {fields.SNAPSHOT_BUCKETS} buckets at once, after hello or reset.",
    )


def _chance() -> Schema:
    columns = {
        name: required(schema_of(fields.FORECASTS, column.format("break")))
        | {"description": f"as {column.format('break')} of a break"}
        for name, column in fields.CHANCE.items()
    }
    return record(
        columns,
        title="Chance",
        doc="Forecast, its 80 % interval, past frequency, and what a random walk gives.",
    )


def _horizon() -> Schema:
    chance = {"anyOf": [ref("Chance"), {"type": "null"}]}
    return record(
        {
            **columns_of(fields.FORECASTS, fields.FORECAST),
            **dict.fromkeys(fields.OUTCOMES, chance),
            "why": NULLABLE_REASON,
        },
        title="Horizon",
    )


def _card() -> Schema:
    outcome = {"enum": [*fields.OUTCOMES, None]}
    return record(
        {
            "session": SESSION,
            "touched_at": BUCKET_END,
            "seq": SEQ,
            "level_id": TEXT,
            "distance": required(schema_of(fields.CARDS, "distance")),
            "outcomes": listed(outcome, doc="one for each horizon, null where it was cut"),
            "mfe_sigma": listed(schema_of(fields.CARDS, "mfe_sigma")),
            "mae_sigma": listed(schema_of(fields.CARDS, "mae_sigma")),
        },
        title="Card",
        doc="One past setup, and what became of it.",
    )


def _analogs() -> Schema:
    return message(
        "analogs",
        {
            "session": SESSION,
            "seq": SEQ,
            "bucket_end": BUCKET_END,
            "level_id": TEXT,
            "level_ids": listed(TEXT, doc="levels that were reached together, this one first"),
            "touched_at": BUCKET_END | {"type": ["string", "null"]},
            "wait_s": {"enum": [0, 30, 60, None]},
            "horizons": listed(ref("Horizon")),
            "cards": listed(ref("Card")),
            "why": NULLABLE_REASON,
        },
        "How past setups like a touch of this level ended.",
    )


def _heartbeat() -> Schema:
    return message(
        "heartbeat",
        {
            "session": SESSION,
            "emitted_at": BUCKET_END | {"description": "when it was sent, UTC"},
            "data_through": BUCKET_END
            | {"type": ["string", "null"], "description": "end of the last bucket sent, UTC"},
            "behind_s": NUMBER | {"description": "how old the data is by its own clock [s]"},
            "book": {"enum": ["ok", "recovering", "stale"]},
        },
        "Each second: the only message with a time of sending.",
    )
