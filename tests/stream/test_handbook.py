"""docs/stream.md: made from the contract, and its clients run as printed."""

import ast
import asyncio
import contextlib
import io
import json
import re
from textwrap import dedent

import pytest
from jsonschema import Draft7Validator

from spymaster.stream import contract, fields, handbook, history
from spymaster.stream.library import Shelf
from stream.serving import serving
from texts import TEXTS, blocks

PAGE = TEXTS["docs/stream.md"]


def test_the_page_is_what_the_contract_says():
    command = "uv run python -m spymaster.stream.handbook docs/stream.md"
    assert handbook.text() == PAGE, f"run `{command}`"


@pytest.mark.parametrize("name", contract.MESSAGES)
def test_every_message_has_an_example_that_keeps_the_contract(name):
    (block,) = re.findall(rf"^### {name.lower()}\n.*?```json\n(.*?)```", PAGE, re.M | re.S)[:1]
    message = json.loads(block.replace("\n", " "))
    assert message["type"] == name.lower()
    definitions = contract.schema()["definitions"]
    shape = {"$ref": f"#/definitions/{name}", "definitions": definitions}
    assert [error.message for error in Draft7Validator(shape).iter_errors(message)] == []


def test_every_reason_endpoint_and_relation_is_told():
    for reason in fields.WHY:
        assert f"| `{reason}` |" in PAGE
    for relation in history.ALLOWED:
        assert f"`{relation}`" in PAGE


def test_the_client_in_python_prints_what_the_stream_says(simulated):
    (code,) = blocks(PAGE, "python")
    assert len(code.splitlines()) < 16
    out = io.StringIO()

    async def run():
        async with serving(Shelf(simulated)) as (client, _):
            there = str(client._base_url).rstrip("/")
            asked = code.replace("http://127.0.0.1:8417", there).replace(
                "speed=max", "speed=max&from=100"
            )
            tree = compile(ast.parse(dedent(asked)), "docs/stream.md", "exec")
            with contextlib.redirect_stdout(out):
                await asyncio.to_thread(exec, tree, {})

    asyncio.run(run())
    lines = out.getvalue().splitlines()
    assert len(lines) == 20
    assert re.fullmatch(r"2024-03-05T14:38:25Z PM_HIGH (None|-?\d\.\d+)", lines[0])
