"""How many random examples a property is tried with."""

from hypothesis import HealthCheck, settings


def examples(count: int) -> settings:
    """Return what decorates a property of so many examples, whatever time each takes."""
    return settings(max_examples=count, deadline=None, suppress_health_check=list(HealthCheck))


usual = examples(15)
"""Of a property whose examples are built by SQL; hundreds are marked slow."""
