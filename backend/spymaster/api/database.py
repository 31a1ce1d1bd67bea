"""A warehouse as a notebook has it: what is in the catalog, and what the past says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time
from pathlib import Path
from typing import Any

from spymaster.api.catalog import Catalog
from spymaster.api.given import clock, day, settings_of
from spymaster.api.rows import Rows
from spymaster.api.similar import Similar
from spymaster.errors import UsageError
from spymaster.read.asking import Question

TOUCHES = """
    select
        touches.session,
        touches.level_id,
        touches.level_ids,
        touches.bucket_end,
        ny(touches.bucket_end) as new_york,
        touches.approach,
        touches.n_touch,
        touches.price,
        {outcomes}
    from pressure.touches
    left join setups.outcomes
        on
            touches.session = outcomes.session
            and touches.cluster_id = outcomes.cluster_id
            and touches.bucket_end = outcomes.touched_at
            and outcomes.wait_s = {wait_s}
    where ($session::date is null or touches.session = $session::date)
        and ($level::varchar is null or list_contains(touches.level_ids, $level))
    group by all
    order by touches.bucket_end, touches.level_id
"""


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


class Database(Catalog):
    """A warehouse, read-only; made by ``connect``.

    It never keeps a build from publishing; what was published since is seen by the next question.
    One thread at a time.
    """

    def touches(
        self, session: date | str | None = None, *, level: str | None = None, wait_s: int = 0
    ) -> Rows:
        """Return when price came to levels, and what came of it within each horizon.

        Parameters
        ----------
        session : date
            Of all by default.
        level : str
            Of all by default.
        wait_s : int, seconds
            From the touch to the decision that is judged; one of ``setup_waits``.

        Raises
        ------
        UsageError
            For a wait that no outcome has.

        Examples
        --------
        >>> "outcome_120s" in db.touches(level="PM_HIGH").columns
        True
        """
        from spymaster.setups.names import allowed

        allowed("wait_s", wait_s, self.settings.setup_waits)
        outcomes = ", ".join(
            f"max(outcomes.outcome) filter (where horizon_s = {s}) as outcome_{s}s"
            for s in self.settings.setup_horizons
        )
        parameters = {"session": day(session), "level": level}
        text = TOUCHES.format(outcomes=outcomes, wait_s=wait_s)
        return self._ask(Question(text, "touches", parameters))

    def similar(
        self,
        level: str,
        *,
        session: date | str | None = None,
        at: time | str | None = None,
        horizon_s: int | None = None,
        k: int | None = None,
    ) -> Similar:
        """Return past setups that looked most like a level at a time, and how they ended.

        Parameters
        ----------
        session : date
            The last one by default.
        at : time
            Local, a bucket's end; by default the latest decision about the level's last touch.
        horizon_s : int, seconds
            Of the outcomes that are shown; the shortest by default.
        k : int
            So many neighbours; the setting ``analog_k`` by default.

        Raises
        ------
        UsageError
            For a session, level, time or horizon that is not there.
        """
        from spymaster.setups import similar

        asked = self.settings if k is None else replace(self.settings, analog_k=k)
        horizon_s = asked.setup_horizons[0] if horizon_s is None else horizon_s
        if horizon_s not in asked.setup_horizons:
            allowed = ", ".join(map(str, asked.setup_horizons))
            raise UsageError(f"horizon_s {horizon_s}: outcomes are judged after {allowed} s")
        found = similar(asked, level, session=day(session), at=clock(at))
        return Similar(found, asked, horizon_s)

    def outcomes(
        self, subject: str | None = None, *, by: Sequence[str] = (), wait_s: int = 0
    ) -> Rows:
        """Return how levels held in the past, with 80 % intervals, beside what a walk does.

        Parameters
        ----------
        subject : str
            A level such as PM_HIGH or a kind of level; all by default.
        by : sequence of str
            Of level, kind, approach and n_touch.
        wait_s : int, seconds
            From the touch to the decision that is judged.

        Raises
        ------
        UsageError
            For a group or wait that is not there, or what was never touched.
        """
        from spymaster.setups import outcomes

        columns, rows = outcomes(self.settings, subject, by=by, wait_s=wait_s)
        return self._listed(rows, columns)

    def examples(self, *, wait_s: int = 60, horizon_s: int = 120) -> Rows:
        """Return every setup whose outcome is known, for who learns from them.

        Each with its 56 numbers (``v``) and the odds that the product gave on its own day: what
        past setups said (``p_``), the best without flow (``reference_``), ``base_`` and ``null_``.

        Parameters
        ----------
        wait_s, horizon_s : int, seconds
            From touch to decision, and on to the outcome.

        Raises
        ------
        UsageError
            For a wait or horizon that no outcome has.

        Examples
        --------
        >>> db.examples().columns[-2:]
        ['outcome', 'is_placebo']
        """
        from spymaster.setups import examples

        return self._ask(Question(examples.judged(self.settings, wait_s, horizon_s), "examples"))

    def buckets(self, *, wait_s: int | None = 60) -> Rows:
        """Return the 24 buckets before each decision, a row each, step 1 being the newest.

        A column is a registered ratio at a place, such as ``pull_add__front_near``, null where it
        is not defined; front is the side that stops the travel.

        Parameters
        ----------
        wait_s : int, seconds
            From touch to decision; None for windows of all day that follow each other, at every
            level that price is within 40 ticks of as they end.

        Raises
        ------
        UsageError
            For a wait that no decision has.

        Examples
        --------
        >>> len(db.buckets().columns)
        47
        """
        from spymaster.setups import examples

        return self._ask(Question(examples.buckets(self.settings, wait_s), "buckets"))

    def plot(
        self,
        subject: str,
        *,
        session: date | str | None = None,
        start: time | str | None = None,
        end: time | str | None = None,
    ) -> Any:
        """Return a chart of a level's session, or of gamma by strike, which a notebook shows.

        Parameters
        ----------
        subject : str
            A tracked level such as PM_HIGH, or ``gex``.
        session : date
            The latest that has it by default.
        start, end : time
            Local times that cut the picture; ``gex`` is that of ``end``.

        Raises
        ------
        UsageError
            For a session or level that is not there, or where the extra ``plot`` is missing.
        """
        from spymaster.charts import gex_chart, level_chart

        at, until = clock(start), clock(end)
        if subject == "gex":
            return gex_chart(self.settings, session=day(session), at=until)
        return level_chart(self.settings, subject, session=day(session), start=at, end=until)
