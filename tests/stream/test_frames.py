"""What is sent of a session, beside the contract and beside the catalog."""

import json
import re
from functools import cache

import pytest
from jsonschema import Draft7Validator

from spymaster.read.catalog import catalog
from spymaster.stream import contract, fields, loading
from stream.nulls import FOUND, disagreements

SOME = (1, 2, 3, 12, 20, 60, 119, 120)
SHARE = 1e-4 / 2 + 1e-12
"""Half of the last decimal."""


@cache
def validator(kind):
    definitions = contract.schema()["definitions"]
    return Draft7Validator({"$ref": f"#/definitions/{kind}", "definitions": definitions})


def check(message):
    errors = validator(message["type"].capitalize()).iter_errors(message)
    assert [f"{list(one.absolute_path)}: {one.message}" for one in errors] == []


@pytest.mark.parametrize("seq", SOME)
def test_messages_keep_the_contract(messages, seq):
    for message in messages[seq]:
        check(message)


def test_hello_and_snapshot_keep_the_contract(recording):
    check(recording.hello(20.0))
    check(recording.hello(None))
    check(json.loads(recording.snapshot(3)))
    check(json.loads(recording.beat(3)))
    check(json.loads(recording.beat(0)))


def test_every_null_has_its_reason_and_no_reason_is_without_its_null(messages):
    found = {
        (seq, message["type"]): disagreements(message)
        for seq, sent in messages.items()
        for message in sent
        if message["type"] in FOUND
    }
    assert {key: names for key, names in found.items() if names} == {}


def test_every_bucket_of_the_window_is_there_once(recording, messages):
    assert (recording.first_seq, recording.last_seq) == (1, 120)
    for seq, sent in messages.items():
        kinds = [message["type"] for message in sent]
        assert kinds[:3] == ["bucket", "options", "strikes"]
        assert set(kinds[3:]) <= {"analogs"}
        assert {message["seq"] for message in sent} == {seq}
    assert messages[1][0]["bucket_end"] == "2024-03-05T14:30:05Z"
    assert messages[120][0]["bucket_end"] == "2024-03-05T14:40:00Z"


def rows(settings, relation, names):
    """Return exact values of the catalog by bucket, straight from it."""
    with catalog(settings) as connection:
        found = connection.execute(
            f"select strftime(bucket_end, '%Y-%m-%dT%H:%M:%SZ'), {names} from {relation}"
        ).fetchall()
    return {at: values for at, *values in found}


def test_states_are_those_of_the_catalog_to_four_decimals(simulated, messages):
    names = [f"net{order}" for order in ("", "_d1", "_d2", "_d3")]
    names += [f"{name}_touch" for name in fields.FRAME]
    exact = rows(simulated, "pressure.states_5s", ", ".join([*names, "dist_ticks", "code"]))
    for sent, *_ in messages.values():
        (level,) = sent["levels"]
        *ratios, dist_ticks, code = exact[sent["bucket_end"]]
        told = [*level["level"]["net"], *(level["touch"][name][0] for name in fields.FRAME)]
        assert [value is None for value in told] == [value is None for value in ratios]
        known = [pair for pair in zip(told, ratios, strict=True) if None not in pair]
        assert all(abs(one - other) <= SHARE for one, other in known)
        assert (level["dist_ticks"], level["code"]) == (dist_ticks, code)


def test_a_step_of_the_ladder_stands_at_its_offset(simulated, messages):
    with catalog(simulated) as connection:
        found = connection.execute(
            "select strftime(bucket_end, '%Y-%m-%dT%H:%M:%SZ'), \"offset\", ask_depth_share"
            " from pressure.ladder_5s"
        ).fetchall()
    ladders = {sent["bucket_end"]: sent["levels"][0]["ladder"] for sent, *_ in messages.values()}
    for at, offset, share in found:
        ladder = ladders[at]
        told = ladder["ask_depth_share"][ladder["offset"].index(offset)]
        assert (told is None) == (share is None)
        assert told is None or abs(told - share) <= SHARE


def test_a_snapshot_is_made_of_the_bytes_of_the_stream(recording):
    snapshot = recording.snapshot(20)
    for seq in range(1, 21):
        for event in recording.events(seq)[:2]:
            assert event.data in snapshot
    assert recording.events(21)[0].data not in snapshot
    assert json.loads(snapshot)["strikes"]["seq"] == 20


def test_a_bucket_is_small(recording):
    sizes = [len(recording.events(seq)[0].data) for seq in range(1, 121)]
    assert 1000 < min(sizes) < max(sizes) < 16_384 / 4  # one level of five


def test_numbers_are_as_a_client_can_read_them(recording):
    text = b"".join(one.data for seq in SOME for one in recording.events(seq)).decode()
    assert "NaN" not in text
    assert not re.search(r"-0\.0[,\]}]", text)


def test_two_recordings_of_a_session_are_the_same_bytes(simulated, recording):
    ((session, build),) = loading.sessions(simulated).items()
    again = loading.load(simulated, session, build)
    assert again.build == recording.build
    for seq in (1, 60, 120):
        assert [one.data for one in again.events(seq)] == [
            one.data for one in recording.events(seq)
        ]
    assert again.snapshot(60) == recording.snapshot(60)


def test_hello_says_what_fields_mean(recording):
    hello = recording.hello(1.0)
    assert hello["fields"]["net"]["unit"] == "-1..1"
    assert (hello["step"], hello["tick_size"], hello["mode"]) == (1.0, 0.25, "replay")
    assert [level["level_id"] for level in hello["levels"]] == ["PM_HIGH"]
