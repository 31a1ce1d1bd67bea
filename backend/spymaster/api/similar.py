"""Past setups that looked like one, as a notebook shows and takes them."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING, Any

from spymaster.settings import Settings
from spymaster.setups import Found

if TYPE_CHECKING:
    import pandas as pd

WIDTH = 80
"""Characters."""


class Similar:
    """What a search found: shown as ``spymaster similar`` prints it.

    Examples
    --------
    >>> found = db.similar("PM_HIGH")
    >>> found.moment.level_id
    'PM_HIGH'
    >>> {"horizon_s", "is_shown"} & set(found.forecasts[0]) != set()
    True
    """

    def __init__(self, found: Found, settings: Settings, horizon_s: int) -> None:
        self._found, self._settings = found, settings
        self.horizon_s = horizon_s
        """Seconds within which outcomes are shown."""

    @property
    def moment(self) -> Any:
        """The level and the bucket that were asked about."""
        return self._found.moment

    @property
    def forecasts(self) -> list[dict[str, Any]]:
        """One for each horizon, with the columns of ``analogs.forecasts``."""
        return self._found.forecasts

    @property
    def cards(self) -> list[dict[str, Any]]:
        """Past setups by horizon and rank, with the columns of ``analogs.cards``."""
        return self._found.cards

    def df(self) -> pd.DataFrame:
        """Return the cards of the horizon as a pandas DataFrame."""
        import pandas as pd

        return pd.DataFrame([one for one in self.cards if one["horizon_s"] == self.horizon_s])

    def __repr__(self) -> str:
        from rich.console import Console

        from spymaster.setups.analogs import page

        out = StringIO()
        console = Console(file=out, width=WIDTH, highlight=False, no_color=True)
        for piece in page(self._found, self._settings, self.horizon_s):
            console.print(piece)
        return out.getvalue().rstrip()
