"""Synthetic sessions: real DBN files of an invented market, with known answers."""

from spymaster.simulate.session import SimulatedSession, simulate

__all__ = ["SimulatedSession", "simulate"]
