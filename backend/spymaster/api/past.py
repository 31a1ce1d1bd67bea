"""What the past says: when price came to levels, what came of it, and what forecasts were worth."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from pathlib import Path
from typing import TYPE_CHECKING

from spymaster.api.catalog import Catalog
from spymaster.api.given import maybe
from spymaster.api.rows import Rows
from spymaster.api.similar import Similar
from spymaster.arguments import clock, day
from spymaster.read.asking import Question

if TYPE_CHECKING:
    from spymaster.setups import Verdict

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


class Past(Catalog):
    """The past of a warehouse, read-only."""

    def touches(
        self,
        session: date | str | None = None,
        *,
        level: str | None = None,
        wait_s: int | None = None,
    ) -> Rows:
        """Return when price came to levels, and what came of it within each horizon.

        Parameters
        ----------
        session : date
            Of all by default.
        level : str
            Of all by default.
        wait_s : int, seconds
            From the touch to the decision that is judged; one of ``setup_waits``, the shortest by
            default.

        Raises
        ------
        UsageError
            For a wait that no outcome has, or a level that was never tracked.

        Examples
        --------
        >>> "outcome_120s" in db.touches(level="PM_HIGH").columns
        True
        """
        from spymaster.read import tracked
        from spymaster.setups import asked

        wait_s = asked.wait(self.settings, wait_s, "wait_s")
        if level is not None:
            tracked.latest(self._newest().connection, level)
        outcomes = ", ".join(
            f"max(outcomes.outcome) filter (where horizon_s = {s}) as outcome_{s}s"
            for s in self.settings.setup_horizons
        )
        parameters = {"session": maybe(day, session), "level": level}
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
            For a session, level, time, horizon or number that is not there.
        """
        from spymaster.setups import asked, similar

        horizon_s = asked.horizon(self.settings, horizon_s, "horizon_s")
        settings = asked.neighbours(self.settings, k, "k")
        found = similar(settings, level, session=maybe(day, session), at=maybe(clock, at))
        return Similar(found, settings, horizon_s)

    def outcomes(
        self,
        subject: str | None = None,
        *,
        by: Sequence[str] | str = (),
        wait_s: int | None = None,
    ) -> Rows:
        """Return how levels held in the past, with 80 % intervals, beside what a walk does.

        Parameters
        ----------
        subject : str
            A level such as PM_HIGH or a kind of level; all by default.
        by : sequence of str, or text
            Of level, kind, approach and n_touch; text lists them with commas.
        wait_s : int, seconds
            From the touch to the decision that is judged; the shortest by default.

        Raises
        ------
        UsageError
            For a group or wait that is not there, or what was never touched.
        """
        from spymaster.setups import asked, outcomes

        groups = asked.groups(by, "by")
        wait_s = asked.wait(self.settings, wait_s, "wait_s")
        columns, rows = outcomes(self.settings, subject, by=groups, wait_s=wait_s)
        return self._listed(rows, columns)

    def evaluate(self, *, placebo: bool = False, truth: Path | str | None = None) -> Verdict:
        """Return what forecasts were worth, against chance and an oracle.

        Parameters
        ----------
        placebo : bool
            Of the control levels alone; without it, of all others.
        truth : Path or str
            Folder with what a simulation had decided, at any depth below it.

        Returns
        -------
        Verdict
            Look at ``cells``, and at ``leaks``, which must be 0.

        Raises
        ------
        UsageError
            Where the folder holds no truth.

        Examples
        --------
        >>> db.evaluate().leaks
        0
        """
        from spymaster.setups import evaluate

        return evaluate(self.settings, placebo=placebo, truth=maybe(Path, truth))

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
