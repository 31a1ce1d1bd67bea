"""A warehouse as a notebook has it: what is in the catalog, what the past says, and pictures."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path
from typing import Any

from spymaster.api.given import maybe, settings_of
from spymaster.api.past import Past
from spymaster.arguments import check_strays, clock, day


def connect(warehouse: Path | str | None = None) -> Database:
    """Return what answers questions about a warehouse.

    Parameters
    ----------
    warehouse : Path or str
        Its folder; by default the one that a command in the working directory uses.

    Raises
    ------
    UsageError
        Where nothing was published yet.

    Examples
    --------
    >>> import spymaster
    >>> db = spymaster.connect(warehouse)
    >>> db.sql("select count(*) > 0 from states_5s").one()
    True
    """
    return Database(settings_of(warehouse, {}, own_first=True))


class Database(Past):
    """A warehouse, read-only; made by ``connect``.

    It never keeps a build from publishing; what was published since is seen by the next question.
    One thread at a time.
    """

    def report(self, output: Path | str, session: date | str | None = None) -> int:
        """Write a session on one page and return how many touches it tells of.

        Parameters
        ----------
        output : Path or str
            A .html file.
        session : date
            The latest by default.

        Raises
        ------
        UsageError
            For another ending, a session that is not built, or where the extra ``plot`` is missing.
        """
        from spymaster.report import report

        return report(self.settings, maybe(day, session), Path(output))

    def plot(
        self,
        subject: str,
        *,
        session: date | str | None = None,
        start: time | str | None = None,
        end: time | str | None = None,
        at: time | str | None = None,
        expiry_set: str | None = None,
        dark: bool = False,
    ) -> Any:
        """Return a chart of a level's session, or of gamma by strike, which a notebook shows.

        Parameters
        ----------
        subject : str
            A tracked level such as PM_HIGH, or ``gex``.
        session : date
            The latest that has it by default.
        start, end : time
            Of a level: local times that cut the picture.
        at : time
            Of ``gex``: local; the last bucket that ended by then, the session's by default.
        expiry_set : str
            Of ``gex``: ``0dte``, ``5d`` or ``all``, the default.
        dark : bool
            On a dark ground, as the screen.

        Raises
        ------
        UsageError
            For a session, level or set that is not there, what is of the other subject, or where
            the extra ``plot`` is missing.
        """
        from spymaster.charts import DARK, LIGHT, gex_chart, level_chart

        is_gex = subject == "gex"
        of_level, of_gex = {"start": start, "end": end}, {"at": at, "expiry_set": expiry_set}
        check_strays(subject, of_level if is_gex else of_gex)
        look, chosen = DARK if dark else LIGHT, maybe(day, session)
        if is_gex:
            expiries, until = expiry_set or "all", maybe(clock, at)
            return gex_chart(
                self.settings, session=chosen, at=until, expiry_set=expiries, look=look
            )
        first, last = maybe(clock, start), maybe(clock, end)
        return level_chart(self.settings, subject, session=chosen, start=first, end=last, look=look)
