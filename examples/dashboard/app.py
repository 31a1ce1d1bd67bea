"""Pressure around a level and gamma exposure by strike, from the published catalog.

    uv run --group dashboard streamlit run examples/dashboard/app.py

The warehouse is the one that ``spymaster`` itself would take from here. It opens on the newest
session at the level nearest to the price, and goes on to a newer one as soon as it is published.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import questions
import streamlit as st

from spymaster.charts import LOOKS, of_gex, of_level
from spymaster.errors import UsageError
from spymaster.settings import Settings, load

LOOK_SECONDS = 2
"""How often the page looks whether a build has published."""
EXPIRIES = ("0dte", "5d", "all")
NOTHING = "-"


@st.fragment(run_every=LOOK_SECONDS)
def follow(warehouse: Path, shown: Path | None) -> None:
    """Draw the page anew when the link points elsewhere."""
    if questions.current(warehouse) != shown:
        st.rerun()


@st.cache_data(max_entries=16, show_spinner="drawing")
def drawn(published: Path, _settings: Settings, what: str, session: date, **how: str) -> Any:
    """Return a picture as the grammar spells it; ``published`` is what it holds for."""
    look = LOOKS[how.pop("look")]
    with questions.opened(published) as connection:
        if what == "gex":
            found = of_gex(connection, _settings, session=session, look=look, **how)
        else:
            found = of_level(connection, _settings, what, session=session, look=look)
    return found.chart.to_dict()


def pick(published: Path) -> tuple[date, str] | None:
    """Let a person choose a session and a level; None where nothing is built."""
    sessions = questions.sessions(published)
    if not sessions:
        return None
    newest = next(iter(sessions))
    before = st.session_state.get("newest")
    if before is not None and newest > before:
        if st.session_state.get("session") == before:
            st.session_state["session"] = newest  # whoever looked at the newest goes on with it
        st.session_state["note"] = f"New: the session of {newest}."
    st.session_state["newest"] = newest
    if note := st.session_state.get("note"):
        st.info(note)
    columns = st.columns([1, 1, 2])
    session = columns[0].selectbox("Session", list(sessions), key="session")
    levels = questions.levels(published, session)
    level = columns[1].selectbox("Level, the nearest first", levels, key=f"level of {session}")
    return session, level


def headline(last: questions.Last, settings: Settings) -> None:
    """Show where price is and which way it presses, as the last bucket says."""
    at = settings.local(last.bucket_end)
    price, away, net, vacuum, phase = st.columns(5)
    price.metric("Price", NOTHING if last.mid is None else f"{last.mid:,.2f}")
    price.caption(f"at {at:%H:%M:%S}" if last.mid is not None else "no quote")
    away.metric("From the level", with_unit(last.dist_ticks, "ticks"))
    away.caption(
        "no volatility yet" if last.dist_sigma is None else f"{last.dist_sigma:+.1f} volatilities"
    )
    for column, name, value, words in (
        (net, "Net of the minute", last.net_60s, ("the road up opens", "the road down opens")),
        (vacuum, "Vacuum", last.vacuum_60s, ("both sides leave", "both sides stack")),
    ):
        column.metric(name, NOTHING if value is None else f"{value:+.2f}")
        column.caption(last.because if value is None else words[value < 0])
    phase.metric("Phase", last.phase)
    phase.caption((last.approach or "not on a side yet").replace("_", " "))


def with_unit(value: float | None, unit: str) -> str:
    return NOTHING if value is None else f"{value:+.1f} {unit}"


def exposure(published: Path, settings: Settings, session: date, look: str) -> None:
    """Draw gamma exposure by strike, or say why there is none."""
    expiries = st.segmented_control(
        "Expiries", EXPIRIES, default="all", required=True, key="expiries"
    )
    try:
        spec = drawn(published, settings, "gex", session, look=look, expiry_set=str(expiries))
    except UsageError as error:
        st.info(f"No gamma by strike: {error}.")
    else:
        st.vega_lite_chart(spec, key="gex", theme=None, width="content")


def page() -> None:
    """Draw the whole page."""
    st.set_page_config("spymaster", page_icon="📈", layout="wide")
    settings = load()
    published = questions.current(settings.warehouse)
    follow(settings.warehouse, published)
    if published is None:
        st.error(f"{settings.warehouse}: no catalog yet; land files and run the models first")
        return
    chosen = pick(published)
    if chosen is None:
        st.info("No session is built yet.")
        return
    session, level = chosen
    contract = questions.sessions(published)[session]
    city = settings.timezone.rpartition("/")[2].replace("_", " ")
    last = questions.last(published, session, level)
    st.subheader(f"{level} {last.level:,.2f}, {contract}, {session}, {city} time")
    look = "dark" if st.context.theme.type == "dark" else "light"
    headline(last, settings)
    spec = drawn(published, settings, level, session, look=look)
    st.vega_lite_chart(spec, key="level", theme=None, width="content")
    exposure(published, settings, session, look)
    st.caption(published.name)


page()
