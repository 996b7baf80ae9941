"""Two things that models do not say: the table that counts tries at the door, and a log that can only grow."""

from django.db import migrations

CACHE = """
create table if not exists cache_rows (
  cache_key varchar(255) not null primary key,
  value text not null,
  expires timestamp with time zone not null
);
create index if not exists cache_rows_expires on cache_rows (expires);
"""

# A person who leaves the house is taken out of the log (the foreign keys become null) and a row older than twelve months
# may go; anything else is refused by the database itself, whoever asks.
LOG = """
create function people_log_only_grows() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    if old.at < now() - interval '12 months' then return old; end if;
  elsif new.id = old.id and new."right" = old."right" and new.what = old.what and new.at = old.at
        and (new.by_id is null or new.by_id is not distinct from old.by_id)
        and (new.on_id is null or new.on_id is not distinct from old.on_id) then
    return new;
  end if;
  raise exception 'the log only grows' using errcode = 'restrict_violation';
end $$;
create trigger only_grows before update or delete on people_logged for each row execute function people_log_only_grows();
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]

    operations = [
        migrations.RunSQL(CACHE, "drop table cache_rows"),
        migrations.RunSQL(LOG, "drop trigger only_grows on people_logged; drop function people_log_only_grows()"),
    ]
