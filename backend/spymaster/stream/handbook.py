"""docs/stream.md: the stream as a UI team reads it, made from the contract.

``python -m spymaster.stream.handbook FILE`` writes it; a test compares.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import wrap

from spymaster.stream import fields
from spymaster.stream.contract import MESSAGES, schema
from spymaster.stream.examples import example
from spymaster.stream.shapes import Schema

FRAME = Path(__file__).with_name("handbook.md")
"""What is not of one message, with a mark where the rest goes."""
MARKS = ("<!-- messages -->", "<!-- reasons -->")
WIDTH = 100


def text() -> str:
    """Return the whole page."""
    messages, reasons = "\n".join(_messages()), "\n".join(_reasons())
    frame = FRAME.read_text(encoding="utf-8")
    return frame.replace(MARKS[0], messages).replace(MARKS[1], reasons)


def _messages() -> Iterator[str]:
    definitions = schema()["definitions"]
    told: set[str] = set()
    for name in MESSAGES:
        yield from _section(definitions, name, told)


def _section(definitions: Schema, name: str, told: set[str]) -> Iterator[str]:
    """Yield the lines of a message, and of records that none before it had."""
    message = definitions[name]
    yield f"### {name.lower()}\n\n{message['description']}\n"
    yield "```json"
    yield from wrap(_json(example(definitions, message)), WIDTH, break_on_hyphens=False)
    yield "```\n"
    yield from _table(message)
    for part in _parts(message):
        if part not in told and part not in MESSAGES and "properties" in definitions[part]:
            told.add(part)
            yield from _record(definitions, part, told)


def _record(definitions: Schema, name: str, told: set[str]) -> Iterator[str]:
    said = definitions[name].get("description", "")
    yield f"**{name}**{': ' + said if said else ''}\n"
    yield from _table(definitions[name])
    for part in _parts(definitions[name]):
        if part not in told and "properties" in definitions[part]:
            told.add(part)
            yield from _record(definitions, part, told)


def _table(shape: Schema) -> Iterator[str]:
    yield "| field | type | meaning |\n|---|---|---|"
    for name, one in shape["properties"].items():
        if name != "type":
            yield f"| `{name}` | {_type(one)} | {_meaning(one)} |"
    yield ""


def _type(one: Schema) -> str:
    """Return what a value may be, in a word or two."""
    if "$ref" in one:
        return str(one["$ref"]).rpartition("/")[2]
    if "anyOf" in one:
        return " or ".join(map(_type, one["anyOf"]))
    if "enum" in one:
        return ", ".join(f"`{json.dumps(value)}`" for value in one["enum"])
    if "const" in one:
        return f"`{json.dumps(one['const'])}`"
    if one.get("type") == "array":
        items = one["items"]
        if isinstance(items, list):
            return f"[{', '.join(dict.fromkeys(map(_type, items)))}] of {len(items)}"
        count = f" ({one['maxItems']})" if "maxItems" in one else ""
        return f"list{count} of {_type(items)}"
    if "properties" in one:
        return f"{{{', '.join(f'`{name}`' for name in one['properties'])}}}"
    kind = one.get("type", "object")
    return " or ".join(kind) if isinstance(kind, list) else str(kind)


def _meaning(one: Schema) -> str:
    """Return the description of a value, of a list that of what it holds."""
    items = one.get("items")
    inner = items[0] if isinstance(items, list) else items
    said = one.get("description") or (inner or {}).get("description", "")
    bounds = inner if inner and "minimum" in inner else one
    span = f"{bounds['minimum']:g} to {bounds['maximum']:g}" if "maximum" in bounds else ""
    return " · ".join(filter(None, (said.replace("|", "\\|"), span)))


def _parts(shape: Schema) -> Iterator[str]:
    """Yield the definitions that a record refers to, in order."""
    if "$ref" in shape:
        yield shape["$ref"].rpartition("/")[2]
    for value in shape.values():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                yield from _parts(one)


def _reasons() -> Iterator[str]:
    yield "| reason | why something is null |\n|---|---|"
    for reason, meaning in fields.WHY.items():
        yield f"| `{reason}` | {meaning} |"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(", ", ":"))


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(text(), encoding="utf-8")
