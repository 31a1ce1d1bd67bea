"""Synthetic sessions: real DBN files of an invented market, with known answers."""

from spymaster.simulate.market import WORLDS, Progress
from spymaster.simulate.report import Figure, Report, report
from spymaster.simulate.session import SimulatedSession, simulate

__all__ = ["WORLDS", "Figure", "Progress", "Report", "SimulatedSession", "report", "simulate"]
