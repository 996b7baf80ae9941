"""Everything as it is served, but for ``late.py``."""

from potluck.settings import *  # noqa: F403

ROOT_URLCONF = "bench.late"
