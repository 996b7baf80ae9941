from datetime import UTC, datetime

import pytest
from django.db import connection


@pytest.mark.django_db
@pytest.mark.parametrize(
    "moment",
    ["2025-11-21 10:25:32+00", "2025-11-21 10:25:32.1+00", "1999-12-31 23:59:59.999999+02", "9999-01-01 00:00:00+00"],
)
def test_a_moment_is_read_as_django_reads_it(moment):
    with connection.cursor() as cursor:
        cursor.execute("select %s::timestamptz, null::timestamptz", [moment])
        found = cursor.fetchone()
    assert found == (datetime.fromisoformat(moment), None)
    assert found[0].tzinfo is UTC
