"""The form that invites is sent twice by accident: it keeps one place."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0003_told_of_roles'),
    ]

    operations = [
        migrations.AddField(
            model_name='invitation',
            name='once',
            field=models.CharField(max_length=40, null=True),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.UniqueConstraint(fields=('by', 'once'), name='invited_once'),
        ),
    ]
