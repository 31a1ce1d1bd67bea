"""Synthetic sessions: real DBN files of an invented market, with known answers."""

from spymaster.simulate.realism.figures import Figure, Report
from spymaster.simulate.realism.report import report
from spymaster.simulate.session import SimulatedSession, simulate
from spymaster.simulate.stage import WORLDS, Progress

__all__ = ["WORLDS", "Figure", "Progress", "Report", "SimulatedSession", "report", "simulate"]
