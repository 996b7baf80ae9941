"""A mailbox that somebody else wrote down is told to the person, as a changed role is. What was logged before this counts as
told."""

from django.db import migrations, models

TOLD = """
update people_logged set told_at = at where "right" = 'people.address' and told_at is null;
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0007_log_is_not_emptied")]

    operations = [
        migrations.RunSQL(TOLD, migrations.RunSQL.noop),
        migrations.RemoveIndex(model_name="logged", name="roles_untold"),
        migrations.AddIndex(
            model_name="logged",
            index=models.Index(
                condition=models.Q(("right__in", ["people.role", "people.address"]), ("told_at__isnull", True)),
                fields=["id"],
                name="log_untold",
            ),
        ),
    ]
