"""Vendor files become raw partitions of the warehouse, each file whole or not at all."""

from spymaster.land.following import landed_until
from spymaster.land.landing import land
from spymaster.land.outcome import Landing

__all__ = ["Landing", "land", "landed_until"]
