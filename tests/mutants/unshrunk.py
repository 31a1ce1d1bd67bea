"""For pytest -p: hypothesis says that it found an example, and does not look for a smaller one."""

from hypothesis import Phase, settings

settings.register_profile("unshrunk", phases=(Phase.explicit, Phase.generate))
settings.load_profile("unshrunk")
