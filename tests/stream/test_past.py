"""What past setups say, from rows as the models give them to what is sent."""

from datetime import date, datetime, timedelta

import pytest
from jsonschema import Draft7Validator

from spymaster.stream import contract, fields, past
from spymaster.stream.frames import Frames
from spymaster.stream.past import Touch

START = datetime(2024, 3, 5, 14, 30)
FRAMES = Frames("2024-03-05", START, {})
EARLIER = {date(2024, 3, day): datetime(2024, 3, day, 14, 30) for day in (1, 4)}
TOUCHED = START + timedelta(seconds=500)
HORIZONS = (120, 300)


def forecast(horizon, why=None):
    shares = {"p": 0.5, "low": 0.3, "high": 0.7, "base": 0.4, "null": 0.33}
    row = {
        "horizon_s": horizon,
        "barrier_ticks": 8,
        "n_eff": 7.5,
        "n_sessions": 12,
        "coverage": 0.4,
        "why": why,
    }
    for outcome in fields.OUTCOMES:
        for name, column in fields.CHANCE.items():
            key = {"lo": "low", "hi": "high"}.get(name, name)
            row[column.format(outcome)] = round(shares[key] + len(outcome) / 100, 4)
    return row


def card(rank, horizon, outcome):
    day = 1 + 3 * (rank % 2)
    return {
        "rank": rank,
        "horizon_s": horizon,
        "neighbour_session": date(2024, 3, day),
        "neighbour_touched_at": EARLIER[date(2024, 3, day)] + timedelta(seconds=5 * (10 + rank)),
        "neighbour_cluster_id": f"L{rank}",
        "distance": rank / 10,
        "outcome": outcome,
        "mfe_sigma": 1.5 if outcome else None,
        "mae_sigma": 0.5 if outcome else None,
    }


def sent(touch):
    (found,) = past.events(FRAMES, [touch], EARLIER).items()
    seq, (message,) = found
    definitions = contract.schema()["definitions"]
    shape = {"$ref": "#/definitions/Analogs", "definitions": definitions}
    assert [error.message for error in Draft7Validator(shape).iter_errors(message)] == []
    return seq, message


def touch(wait=30, forecasts=(), cards=()):
    return Touch("PM_HIGH", ["PM_HIGH", "OR15_HIGH"], TOUCHED, wait, list(forecasts), list(cards))


@pytest.mark.parametrize("wait", [0, 30, 60])
def test_it_is_told_in_the_bucket_of_the_decision(wait):
    seq, message = sent(touch(wait, [forecast(120)]))
    assert seq == message["seq"] == 100 + wait // 5
    assert message["touched_at"] == "2024-03-05T14:38:20Z"
    assert message["level_ids"] == ["PM_HIGH", "OR15_HIGH"]


def test_without_a_past_there_is_no_number():
    for forecasts in ([], [forecast(120) | {"n_sessions": 0}]):
        _, message = sent(touch(forecasts=forecasts, cards=[card(1, 120, "break")]))
        assert (message["why"], message["horizons"], message["cards"]) == ("no_history", [], [])


def test_each_number_stands_under_its_name():
    _, message = sent(touch(forecasts=[forecast(120)]))
    (horizon,) = message["horizons"]
    assert horizon["chop"] == {"p": 0.54, "lo": 0.34, "hi": 0.74, "base": 0.44, "null": 0.37}
    assert horizon["reject"]["p"] == 0.56


def test_a_forecast_that_should_not_be_read_is_withheld_and_says_why():
    _, message = sent(touch(forecasts=[forecast(120), forecast(300, "too_few_sessions")]))
    first, second = message["horizons"]
    assert None not in [first[outcome] for outcome in fields.OUTCOMES]
    assert [second[outcome] for outcome in fields.OUTCOMES] == [None] * 3
    assert (second["why"], second["n_sessions"]) == ("too_few_sessions", 12)


def test_the_nearest_five_are_shown_with_their_end_in_each_horizon():
    cards = [
        card(rank, horizon, None if (rank, horizon) == (2, 300) else "chop")
        for rank in (7, 3, 2, 1, 5, 4, 6)
        for horizon in HORIZONS
    ]
    _, message = sent(touch(forecasts=map(forecast, HORIZONS), cards=cards))
    shown = message["cards"]
    assert [one["level_id"] for one in shown] == ["L1", "L2", "L3", "L4", "L5"]
    assert shown[1]["outcomes"] == ["chop", None]
    assert shown[1]["mfe_sigma"] == [1.5, None]
    assert [(one["session"], one["seq"]) for one in shown[:2]] == [
        ("2024-03-04", 11),
        ("2024-03-01", 12),
    ]
