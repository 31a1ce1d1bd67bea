"""Vendor files become raw partitions of the warehouse, each file whole or not at all."""

from spymaster.land.landing import Landing, land

__all__ = ["Landing", "land"]
