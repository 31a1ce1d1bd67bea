"""The registry ``sql/features/*.yml``: every feature once, for models, headers and readers."""

from spymaster.features.catalog import HEADER as HEADER
from spymaster.features.catalog import catalog as catalog
from spymaster.features.catalog import count as count
from spymaster.features.feature import Feature as Feature
from spymaster.features.registry import Registry as Registry
from spymaster.features.wide import columns_of as columns_of
