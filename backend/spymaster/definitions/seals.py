"""Text that a session's values were printed into, which a template prints and never decides on.

Every character of such a value carries a seal while a template is only read, so that whatever is
made of it can be told from other text: by ``~``, by a filter, by a macro, or cut out of it.
"""

from __future__ import annotations

from typing import NoReturn

SEAL = "\ue002"


def sealed(text: str) -> str:
    """Return text that shows, character by character, that it is of one session."""
    return "".join(f"{SEAL}{character}" for character in text)


def unsealed(text: str) -> str:
    """Return text as it runs."""
    return text.replace(SEAL, "")


def decided_on(value: str) -> NoReturn:
    """Refuse a template that decides on what it may only print."""
    raise TypeError(f"a template may print a session's time or date ({value}), not decide on it")
