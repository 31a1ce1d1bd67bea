"""The SQL of a search for similar setups, rendered once for any session and any number of them.

A search runs the very models of a build on one decision. To load Jinja and to compile their
templates costs more than all that it asks of DuckDB, so whoever reads the models renders these
too, and the ledger keeps the text by a digest of all that decides it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from pathlib import Path

from spymaster.definitions import variables
from spymaster.definitions.discover import label
from spymaster.definitions.renderer import Renderer
from spymaster.definitions.variables import Probe
from spymaster.settings import Settings
from spymaster.texts import read

TEMPLATES = {
    "setups.segments": "setups/segments.sql",
    "setups.tape_segments": "setups/steps/tape_segments.sql",
    "setups.vectors": "setups/vectors.sql",
    "analogs.past_sessions": "analogs/steps/past_sessions.sql",
    "analogs.scaled": "analogs/steps/scaled.sql",
    "analogs.neighbours": "analogs/neighbours.sql",
    "analogs.history": "analogs/steps/history.sql",
    "analogs.candidates": "analogs/candidates.sql",
    "analogs.scored": "analogs/steps/scored.sql",
    "analogs.forecasts": "analogs/forecasts.sql",
    "analogs.cards": "analogs/cards.sql",
    "setups.vector_columns": "setups/vector_columns.sql",
}
"""What a search makes, in this order."""
MACRO, WORD = re.compile(r"macro (\w+)\("), re.compile(r"\w+")
SESSION, COUNT = "$session$", "$analog_k$"
"""Stand in a kept text for what differs from search to search."""


@dataclass(frozen=True)
class Searching:
    """The statements of a search in one session, for so many neighbours."""

    macros: tuple[str, ...]
    models: dict[str, str]
    """Query by relation."""


def is_there(sql: Path) -> bool:
    """Whether a folder has the models of a search."""
    return all((sql / template).exists() for template in TEMPLATES.values())


def key(sql: Path, settled: str) -> str:
    """Return the digest by which the ledger knows the texts.

    Parameters
    ----------
    settled : str
        Digest of what else decides a rendering, of settings that ``anyhow`` gives.
    """
    texts = [read(sql / name, label(sql, sql / name)) for name in TEMPLATES.values()]
    return sha256("\n".join(["a search", *texts, settled]).encode()).hexdigest()


def anyhow(settings: Settings) -> Settings:
    """Return settings without what a kept text leaves open."""
    return replace(settings, analog_k=Settings.analog_k)


def rendered(renderer: Renderer) -> str:
    """Return the texts as JSON, a mark where they name the session or the number of neighbours."""
    values = variables.probe(renderer.settings)
    values |= {"session": Probe(SESSION), "analog_k": Probe(COUNT)}
    templates = renderer.given(values)
    models = {}
    for relation, template in TEMPLATES.items():
        models[relation] = templates.render(template)
        others = variables.SETTING_OF.keys() & set(templates.used()) - {"session"}
        assert not others, f"{template}: prints {sorted(others)}, which a search leaves open"
    return json.dumps({"macros": _called(renderer, models.values()), "models": models})


def _called(renderer: Renderer, queries: Iterable[str]) -> list[str]:
    """Return the files of macros that queries call, as they stand in each other's order."""
    files = {text: set(MACRO.findall(text)) for text in renderer.macros.values()}
    words = set(WORD.findall("\n".join(queries)))
    while more := [text for text, names in files.items() if names & words and text not in words]:
        # a macro may call those of another file
        words |= {*more, *WORD.findall("\n".join(more))}
    return [text for text in files if text in words]


def searching(text: str, session: date, settings: Settings) -> Searching:
    """Return the statements that kept texts stand for."""
    filled = text.replace(SESSION, str(session)).replace(COUNT, str(settings.analog_k))
    found = json.loads(filled)
    return Searching(tuple(found["macros"]), found["models"])
