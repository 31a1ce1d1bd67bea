"""What a capture is told, and how the process that does it is started."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

from spymaster.live.subscriptions import DATASET, Subscription

KEY = "DATABENTO_API_KEY"
"""Of the environment."""
LOCK = "capture.lock"
"""Held by who captures into a folder."""


class Gateway(NamedTuple):
    """Where the service is reached, if not where the vendor has it."""

    host: str
    port: int


@dataclass(frozen=True)
class Order:
    """What to capture, and where to; the key is in the environment and not here."""

    folder: Path
    subscriptions: tuple[Subscription, ...]
    until_ns: int
    """By the gateway's clock, ns since 1970 UTC."""
    gateway: Gateway | None = None
    """None is the vendor's own."""
    dataset: str = DATASET

    def written(self) -> str:
        """Return it as JSON."""
        return json.dumps(asdict(self), default=str)

    @staticmethod
    def read(written: str) -> Order:
        """Return what was written."""
        facts = json.loads(written)
        asked = [{**one, "symbols": tuple(one["symbols"])} for one in facts.pop("subscriptions")]
        gateway, folder = facts.pop("gateway"), Path(facts.pop("folder"))
        return Order(
            folder=folder,
            subscriptions=tuple(Subscription(**one) for one in asked),
            gateway=Gateway(*gateway) if gateway else None,
            **facts,
        )


def start(order: Order) -> subprocess.Popen[bytes]:
    """Start a capture that lives on when this process ends; its errors are on our stderr."""
    command = [sys.executable, "-m", "spymaster.live.process", order.written()]
    return subprocess.Popen(command, start_new_session=True)
