"""Pressure around a level and gamma exposure by strike, from the published catalog.

    uv run --group dashboard streamlit run examples/dashboard/app.py

The warehouse is the one that ``spymaster`` itself would take from here.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import questions
import streamlit as st

import charts
from spymaster.settings import load

LOOK_SECONDS = 2
"""How often the page looks whether a build has published."""
NEAR_POINTS = 60
"""Strikes further from the price are left out."""

ask = st.cache_data(max_entries=64, show_spinner=False)(questions.ask)
"""A catalog never changes, so an answer holds as long as the file's name."""


@st.fragment(run_every=LOOK_SECONDS)
def follow(warehouse: Path, shown: Path | None) -> None:
    """Draw the page anew when the link points elsewhere."""
    if questions.current(warehouse) != shown:
        st.rerun()


def pick(published: Path) -> tuple[date, str, str] | None:
    """Let a person choose a session, a level and which expiries; None where nothing is built."""
    sessions = ask(published, questions.SESSIONS)["session"].dt.date.tolist()
    if not sessions:
        return None
    columns = st.columns([1, 1, 1])
    session = columns[0].selectbox("Session", sessions, key="session")
    levels = ask(published, questions.LEVELS, session=session)["level_id"].tolist()
    level = columns[1].selectbox("Level", levels, key="level")
    expiries = columns[2].segmented_control(
        "Expiries", ["0dte", "5d", "all"], default="all", required=True, key="expiries"
    )
    return session, level, str(expiries)


def local(frame: pd.DataFrame, zone: str) -> pd.DataFrame:
    """Return a frame whose times are those of a clock in the zone."""
    times = frame.select_dtypes("datetime").columns
    clocks = {name: frame[name].dt.tz_localize("UTC").dt.tz_convert(zone) for name in times}
    return frame.assign(**{name: clock.dt.tz_localize(None) for name, clock in clocks.items()})


def headline(states: pd.DataFrame) -> None:
    """Show where price is and which way it presses, as the last bucket says."""
    last = states.iloc[-1]
    columns = st.columns(5)
    columns[0].metric("Price", f"{last['mid']:,.2f}")
    columns[1].metric("Level", f"{last['level']:,.2f}")
    columns[2].metric("Ticks from level", f"{last['dist_ticks']:+.0f}")
    columns[3].metric("Net, 30 s", signed(last["net_30s"]), help="Above 0 the road up opens.")
    columns[4].metric("Vacuum, 30 s", signed(last["vacuum_30s"]), help="Above 0 both sides leave.")


def signed(value: float) -> str:
    return "none" if pd.isna(value) else f"{value:+.2f}"


def pressure(ladder: pd.DataFrame, states: pd.DataFrame, ink: str) -> None:
    """Draw the heat strip, net and vacuum."""
    st.altair_chart(charts.pressure_strip(ladder, states, ink), key="strip")
    st.altair_chart(charts.state(states, "net", charts.UP), key="net")
    st.altair_chart(charts.state(states, "vacuum", charts.LEVEL), key="vacuum")


def exposure(published: Path, session: date, expiries: str, last: pd.Series, ink: str) -> None:
    """Draw gamma exposure by strike, or say that there is none."""
    found = ask(published, questions.EXPOSURE, session=session, expiries=expiries)
    near = found[(found["strike"] - last["mid"]).abs() <= NEAR_POINTS]
    st.markdown("**Gamma exposure by strike**")
    if near.empty:
        st.info("No options landed for this session.")
        return
    st.altair_chart(charts.exposure(near, last["level"], last["mid"], ink), key="gex")
    profile = ask(published, questions.PROFILE, session=session, expiries=expiries)
    for row in profile.itertuples():
        st.caption(
            f"zero gamma {points(row.zero_gamma)}, call wall {points(row.call_wall_gex)},"
            f" put wall {points(row.put_wall_gex)}, all strikes {row.gex_millions:+,.1f} million"
        )


def points(value: float) -> str:
    return "none" if pd.isna(value) else f"{value:,.2f}"


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
    session, level, expiries = chosen
    ink = "#eeeeee" if st.context.theme.type == "dark" else "#222222"
    states, ladder = (
        local(ask(published, sql, session=session, level=level), settings.timezone)
        for sql in (questions.STATES, questions.LADDER)
    )
    headline(states)
    left, right = st.columns([3, 1.2], gap="large")
    with left:
        pressure(ladder, states, ink)
    with right:
        exposure(published, session, expiries, states.iloc[-1], ink)
    st.caption(f"{published.name}, times in {settings.timezone}")


page()
