"""People are found by a name with a typing error, each part of it by itself."""

import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0005_named_like")]

    operations = [
        migrations.AddIndex(
            model_name="person",
            index=django.contrib.postgres.indexes.GinIndex(
                models.Func("sort_key", models.Value(" "), function="string_to_array"),
                name="people_named",
                condition=models.Q(is_active=True) | models.Q(is_placeholder=True),
            ),
        ),
    ]
