"""The documentation as a static site: every relation, column, feature, macro, setting and audit.

``site`` writes it from the models, and from the catalog where one is published.
"""

from spymaster.site.write import site as site
