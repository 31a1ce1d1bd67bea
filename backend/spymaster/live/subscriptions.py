"""What is asked of the live service for a session, and from when on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from spymaster.live.joining import Channel
from spymaster.live.wire import MBO
from spymaster.units import NS_PER_SECOND, UNDEF_TIME, overnight_open_ns

DATASET = "GLBX.MDP3"
ALL_THERE_IS = 0
"""Start of what the vendor still has: the day before, and of definitions the week."""
MARGIN_NS = NS_PER_SECOND
"""How much before the last record a recovery starts: the vendor goes by ``ts_event``, which is not
in order over instruments."""


@dataclass(frozen=True)
class Subscription:
    """Records of one schema.

    One subscription per schema, whatever it is of: records carry no number of theirs, so that two
    of one schema could not be told apart.
    """

    schema: str
    symbols: tuple[str, ...]
    start: int | None
    """From when on, ns since 1970 UTC; none only with a snapshot. Never from now on without saying
    when that is: of a connection that is lost at once nobody knows what it missed."""
    stype: str = "parent"
    snapshot: bool = False
    """Whether the book as it is comes first, and then what follows."""


def of_session(
    session: date, root: str, options: Sequence[str], *, now_ns: int
) -> tuple[Subscription, ...]:
    """Return what a session needs of a root's futures and of the options on them.

    Parameters
    ----------
    options : sequence of str
        Parents, such as ES.OPT; none where the session is one of the future alone.
    now_ns : int, ns since 1970 UTC
        Whoever starts before the overnight open gets the book as it is; whoever starts later the
        day so far.
    """
    futures, opens_ns = (f"{root}.FUT",), overnight_open_ns(session)
    both = (*futures, *options)
    is_early = now_ns < opens_ns
    since = min(now_ns, opens_ns)
    asked = [
        Subscription(MBO, futures, start=None if is_early else since, snapshot=is_early),
        Subscription("definition", both, start=ALL_THERE_IS),
        Subscription("statistics", both, start=ALL_THERE_IS),
        Subscription("status", futures, start=ALL_THERE_IS),
    ]
    if options:
        asked += [
            Subscription("bbo-1s", both, start=since),
            Subscription("tbbo", tuple(options), start=since),
        ]
    return tuple(asked)


def resumed(asked: Subscription, channel: Channel, *, is_aged: bool) -> Subscription:
    """Return what to ask for once a connection has ended.

    Parameters
    ----------
    asked : Subscription
        What that connection was asked for.
    channel : Channel
        What came of the schema so far; where a book's records are missing only a snapshot helps.
    is_aged : bool
        The vendor no longer has all that was asked for.
    """
    if asked.schema == MBO and (channel.is_lost or is_aged):
        return replace(asked, start=None, snapshot=True)
    if is_aged:
        return replace(asked, start=ALL_THERE_IS)
    if len(channel.tail):
        return replace(asked, start=last_ns(channel) - MARGIN_NS, snapshot=False)
    return asked


def last_ns(channel: Channel) -> int:
    """Return the time of a channel's last record by the clock that a start means, ns."""
    last = channel.kind.read(channel.tail[-1:])[0]
    by_interval = channel.kind.name.startswith("bbo")
    at = int(last["ts_recv" if by_interval else "ts_event"])
    return at if at != UNDEF_TIME else int(last["ts_recv"])
