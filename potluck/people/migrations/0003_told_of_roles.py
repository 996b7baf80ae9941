"""A changed role is told to the person: once, as the row itself remembers. What was logged before this counts as told."""

from django.db import migrations, models

TOLD = """
update people_logged set told_at = at where "right" = 'people.role';
"""

# As before, and that it was told is written down once.
LOG = """
create or replace function people_log_only_grows() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    if old.at < now() - interval '12 months' then return old; end if;
  elsif new.id = old.id and new."right" = old."right" and new.what = old.what and new.at = old.at
        and (new.by_id is null or new.by_id is not distinct from old.by_id)
        and (new.on_id is null or new.on_id is not distinct from old.on_id)
        and (old.told_at is null or new.told_at is not distinct from old.told_at) then
    return new;
  end if;
  raise exception 'the log only grows' using errcode = 'restrict_violation';
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0002_cache_and_log")]

    operations = [
        migrations.AddField(model_name="logged", name="told_at", field=models.DateTimeField(null=True)),
        migrations.RunSQL(TOLD, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="logged",
            index=models.Index(
                condition=models.Q(("right", "people.role"), ("told_at__isnull", True)), fields=["id"], name="roles_untold"
            ),
        ),
        migrations.RunSQL(LOG, migrations.RunSQL.noop),
    ]
