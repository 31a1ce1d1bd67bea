"""A short session as it is sent, for what asks about its messages."""

import json

import pytest

from spymaster.stream import loading


@pytest.fixture(scope="session")
def recording(simulated):
    ((session, build),) = loading.sessions(simulated).items()
    return loading.load(simulated, session, build)


@pytest.fixture(scope="session")
def messages(recording):
    """Return what is sent of each bucket, by its number."""
    return {seq: [json.loads(one.data) for one in recording.events(seq)] for seq in range(1, 121)}
