"""What a ratio is over, read off its formula."""

from __future__ import annotations

import re

CALL = re.compile(r"(beta|intensity|share)\((.*)\)", re.DOTALL)


def support_of(formula: str) -> str | None:
    """Return the SQL of a ratio's support, None of a formula that is no ratio.

    >>> support_of("beta(pull_qty, greatest(add_qty - 1, 0))")
    'pull_qty + greatest(add_qty - 1, 0)'
    >>> support_of("share(pull_5s_qty, pull_qty)")
    'pull_qty'
    >>> support_of("dist_ticks / sigma_ticks")
    """
    call = CALL.fullmatch(formula)
    if call is None:
        return None
    parts = arguments(call.group(2))
    if len(parts) != 2:
        return None
    return parts[1] if call.group(1) == "share" else f"{parts[0]} + {parts[1]}"


def arguments(text: str) -> list[str]:
    """Return the arguments of a call, split at the commas that are not inside brackets.

    >>> arguments("a, if(b, c, d)")
    ['a', 'if(b, c, d)']
    """
    parts, depth = [""], 0
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts]
