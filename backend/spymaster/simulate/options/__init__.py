"""Synthetic options on the simulated future: a chain with a known smile, walls and flow."""

from spymaster.simulate.options.chain import Chain, SimulatedChain
from spymaster.simulate.options.worth import Course

__all__ = ["Chain", "Course", "SimulatedChain"]
