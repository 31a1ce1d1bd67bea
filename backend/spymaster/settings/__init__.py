"""Settings: what a project decides, where each may stand, and what a warehouse was built with.

An option beats the environment, that beats ``spymaster.toml``, that beats what the warehouse was
built with, that beats the default. What decides rows belongs to the warehouse: see ``belonging``.
"""

from __future__ import annotations

from spymaster.settings.belonging import agree as agree
from spymaster.settings.belonging import deciding as deciding
from spymaster.settings.fields import ABOUT as ABOUT
from spymaster.settings.fields import DECIDING as DECIDING
from spymaster.settings.fields import Settings as Settings
from spymaster.settings.sources import PREFIX as PREFIX
from spymaster.settings.sources import STREAM_TOKEN as STREAM_TOKEN
from spymaster.settings.sources import given as given
from spymaster.settings.sources import load as load
from spymaster.settings.written import FILE as FILE
from spymaster.settings.written import create as create
from spymaster.settings.written import template as template
from spymaster.settings.written import written as written
