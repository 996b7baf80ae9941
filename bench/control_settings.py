"""The same server set-up without Potluck: no middleware, one page."""

from potluck.settings import *  # noqa: F403

MIDDLEWARE: list[str] = []
ROOT_URLCONF = "bench.control"
