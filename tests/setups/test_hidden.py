"""What a simulation had decided is read from what it wrote, and from nothing else."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from spymaster.errors import UsageError
from spymaster.setups.hidden import hidden_types
from spymaster.simulate.worlds.truth import Touch, Truth
from spymaster.units import to_ns

ARRIVAL = datetime(2024, 3, 5, 14, 50, tzinfo=UTC)
SETUP = {"session": date(2024, 3, 5), "price": 5000.0, "touched_at": ARRIVAL.replace(tzinfo=None)}
NAME = "glbx-mdp3-20240305.truth.json"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """The folder of a simulated session, with its options beside, as simulate writes both."""
    at_ns = to_ns(ARRIVAL)
    touch = Touch(
        *("reject", "PM_LOW", 5000.0, at_ns, "from_above", at_ns, at_ns, at_ns),
        *(0, False, 0, 0, 0.0, 0.0, 0.0, 1.0, 0.0),
    )
    truth = Truth(date(2024, 3, 5), "W3", 0, 0.05, 1.0, touches=[touch])
    (tmp_path / "options").mkdir()
    truth.write(tmp_path / NAME)
    options = {"rate": 0.04, "underlying": "ESH4", "classes": [], "walls": [], "flows": []}
    (tmp_path / "options" / NAME).write_text(json.dumps(options), encoding="utf-8")
    return tmp_path


def test_what_was_decided_about_options_says_nothing_of_touches(files: Path) -> None:
    assert hidden_types(files)(SETUP) == "reject"
    assert hidden_types(files)(SETUP | {"price": 5001.0}) == "none"
    with pytest.raises(UsageError, match=r"options: holds no \*.truth.json of a session"):
        hidden_types(files / "options")


@pytest.mark.parametrize("written", ["{", "5", '{"touches": [{}]}', '{"touches": 5}'])
def test_a_file_that_simulate_did_not_write_is_named(files: Path, written: str) -> None:
    (files / "other.truth.json").write_text(written, encoding="utf-8")
    with pytest.raises(UsageError, match=r"other\.truth\.json: not what simulate writes"):
        hidden_types(files)
