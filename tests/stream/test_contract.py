"""The contract of the stream: generated from the headers, committed for the client."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft7Validator

from spymaster.errors import ModelError
from spymaster.stream import contract, fields
from spymaster.stream.columns import column, schema_of

COMMITTED = Path(__file__).parents[2] / "frontend/src/contract/pressure.schema.json"


@pytest.fixture(scope="module")
def schema():
    return contract.schema()


def validator(schema, name):
    return Draft7Validator({"$ref": f"#/definitions/{name}", "definitions": schema["definitions"]})


def test_the_committed_schema_is_what_the_headers_say():
    assert COMMITTED.read_text(encoding="utf-8") == contract.text(), (
        "run `uv run npm run --prefix frontend contract`"
    )


def test_the_schema_is_a_schema(schema):
    Draft7Validator.check_schema(schema)
    assert [one["$ref"].split("/")[-1] for one in schema["oneOf"]] == list(contract.MESSAGES)


def test_a_ratio_out_of_its_range_is_refused(schema):
    minute = {name: [0.5, -2.0] for name in fields.MINUTE}
    assert validator(schema, "Minute").is_valid(minute)
    assert not validator(schema, "Minute").is_valid(minute | {"net_60s": [1.5, 0.0]})
    assert not validator(schema, "Minute").is_valid(minute | {"net_60s": [0.5]})
    assert not validator(schema, "Minute").is_valid(minute | {"more": [0.5, 0.0]})


def test_each_difference_has_its_own_range(schema):
    frame = {name: [1.0, 2.0, 4.0, 8.0] for name in fields.FRAME}
    assert validator(schema, "Frame").is_valid(frame)
    for place, largest in enumerate([1.0, 2.0, 4.0, 8.0]):
        beyond = [0.0] * 4
        beyond[place] = largest + 0.1
        assert not validator(schema, "Frame").is_valid(frame | {"net": beyond})


def test_a_reason_is_one_of_a_closed_list(schema):
    why = validator(schema, "Why")
    assert why.is_valid({"net": "no_quote", "bid_pull_add": ["no_flow", None]})
    assert not why.is_valid({"net": "because"})


def test_a_column_says_what_its_header_says():
    promised = column("pressure.states_5s", "net")
    assert promised.meaning in schema_of("pressure.states_5s", "net")["description"]
    assert schema_of("pressure.states_5s", "net")["type"] == ["number", "null"]


def test_a_column_that_no_model_has_is_named():
    with pytest.raises(ModelError, match=r"pressure.states_5s.nett: the stream carries it"):
        column("pressure.states_5s", "nett")


def test_every_message_says_what_it_is(schema):
    for name in contract.MESSAGES:
        kind = schema["definitions"][name]["properties"]["type"]["const"]
        assert kind == name.lower()
        assert schema["definitions"][name]["description"], name


def test_the_file_is_stable():
    assert json.loads(contract.text()) == contract.schema()
    assert contract.text() == contract.text()
