"""Which values of a message are null, found by looking at it, to hold against what `why` says."""

from itertools import chain


def of_bucket(bucket):
    """Yield what is null and what is explained, of each part that has reasons of its own."""
    for part in (bucket["market"], bucket["quality"]):
        yield _plain(part), part["why"]
    for level in bucket["levels"]:
        yield _of_level(level), level["why"]


def of_options(options):
    sets = chain(options["gex_profile"].values(), options["hedge"].values())
    yield {name: None for one in sets for name in _plain(one)}, options["why"]
    for level in options["levels"]:
        pressure = {
            name: None
            for one in level["pressure"].values()
            for name, values in one.items()
            if None in values
        }
        price = {"price": None} if None in level["price"] else {}
        yield price | pressure | _by_step(level["ladder"]), level["why"]


def of_strikes(strikes):
    values = {name: one for name, one in strikes.items() if isinstance(one, list)}
    empty = {"front_strike": None} if not values["front_strike"] else {}
    yield empty | {name: None for name, one in values.items() if None in one}, strikes["why"]


FOUND = {"bucket": of_bucket, "options": of_options, "strikes": of_strikes}


def disagreements(message):
    """Return the columns that are null without a reason, or have one and are not."""
    found = []
    for nulls, why in FOUND[message["type"]](message):
        found += sorted(nulls.keys() ^ why.keys())
        for name in nulls.keys() & why.keys():
            places, reasons = nulls[name], why[name]
            if places is not None and isinstance(reasons, list):
                if [reason is not None for reason in reasons] != places:
                    found.append(f"{name} by step")
            elif places is not None and not all(places):
                found.append(f"{name}: one reason for all steps")
    return found


def _plain(part):
    return {name: None for name, value in part.items() if value is None}


def _by_step(ladder):
    return {
        name: [value is None for value in values]
        for name, values in ladder.items()
        if None in values
    }


def _of_level(level):
    nulls = _plain({k: v for k, v in level.items() if not isinstance(v, dict)})
    nulls |= {f"reach_{side}": None for side, value in level["reach"].items() if value is None}
    for part, suffix in (("level", ""), ("touch", "_touch"), ("minute", "")):
        nulls |= {name + suffix: None for name, values in level[part].items() if None in values}
    return nulls | _by_step(level["ladder"])
