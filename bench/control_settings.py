"""The same server set-up without Potluck: no middleware, only the pages of ``BENCH_CONTROL``."""

import os

from potluck.settings import *  # noqa: F403
from potluck.settings import INSTALLED_APPS as ALL_APPS

# allauth insists on its middleware.
INSTALLED_APPS = [app for app in ALL_APPS if not app.startswith("allauth")]
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]

MIDDLEWARE: list[str] = []
ROOT_URLCONF = os.environ.get("BENCH_CONTROL", "bench.control")
