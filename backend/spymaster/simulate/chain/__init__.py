"""Synthetic options on the simulated future: a chain with a known smile, walls and flow."""

from spymaster.simulate.chain.chain import Chain, SimulatedChain
from spymaster.simulate.chain.worth import Course

__all__ = ["Chain", "Course", "SimulatedChain"]
