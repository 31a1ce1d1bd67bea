"""Historical records from the vendor: what they cost first, then bought once and verified."""

from spymaster.pull.pulling import Pulled, Quote, pull

__all__ = ["Pulled", "Quote", "pull"]
