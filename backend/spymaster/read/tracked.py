"""What is told of a session's levels, by whoever shows them: queries of rows that are named."""

from __future__ import annotations

LEVELS = """
    select level_id, kind, price, known_at, valid_to
    from {rows}
    where is_tracked
    order by known_at, level_id
"""
"""Of levels.levels."""
ABSENCES = """
    select kind, reason
    from {rows}
    where is_tracked
    order by kind
"""
"""Of levels.absences: why a kind that is tracked has no level."""
