"""People are found by names that were written almost right."""

import django.contrib.postgres.indexes
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0004_invited_once")]

    operations = [
        TrigramExtension(),
        migrations.AddIndex(
            model_name="person",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["sort_key"],
                opclasses=["gin_trgm_ops"],
                name="people_named_like",
                condition=models.Q(is_active=True) | models.Q(is_placeholder=True),
            ),
        ),
    ]
