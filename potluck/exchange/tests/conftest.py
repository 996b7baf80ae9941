from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from django.utils import translation

from tests import cluster


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def houses(django_db_setup, django_db_blocker, database_name) -> Iterator[Iterator[str]]:
    """Databases, each with all tables and nothing in it; their addresses."""
    made: list[str] = []

    def houses() -> Iterator[str]:
        while True:
            made.append(f"{database_name}_house{len(made)}")
            with django_db_blocker.unblock():
                cluster.clone(made[-1])
                cluster._point_to(database_name)
            yield cluster.url_of(made[-1])

    yield houses()
    with psycopg.connect(cluster.url_of("postgres"), autocommit=True) as server:
        for name in made:
            server.execute(f'drop database "{name}" with (force)')


@pytest.fixture
def house(houses: Iterator[str]) -> str:
    return next(houses)
