"""The settings of a house, for tests: its PostgreSQL is reserved before anything reads the environment."""
from tests import cluster

cluster.reserve()

from potluck.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # argon2 takes 0.2 s a time, as it should
