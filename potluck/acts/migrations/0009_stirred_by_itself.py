"""``stirred`` counts every change of what a dish shows, whoever makes it: dishes are remembered by it (docs/decisions/0007)."""

from django.db import migrations

# The language is said once, by the verb that guesses it for thousands of imported acts: it counts along.
# After the row, not before it: a trigger before an update makes PostgreSQL find the stems of every act anew each time.
STIR = """
create function acts_stir_own() returns trigger language plpgsql as $$
begin update acts_act set stirred = stirred + 1 where id = new.id; return null; end $$;
create trigger stir after update of kind, title, html, edited_at, is_imported, is_first, reach, group_id, by_id
  on acts_act for each row when (
    (old.kind, old.title, old.html, old.edited_at, old.is_imported, old.is_first, old.reach, old.group_id, old.by_id)
    is distinct from
    (new.kind, new.title, new.html, new.edited_at, new.is_imported, new.is_first, new.reach, new.group_id, new.by_id))
  execute function acts_stir_own();

create function acts_stir_by_giver() returns trigger language plpgsql as $$
begin update acts_act set stirred = stirred + 1 where by_id = new.id; return null; end $$;
create trigger stir_acts after update of handle, name, unit_id, is_placeholder, is_bot on people_person for each row when (
    (old.handle, old.name, old.unit_id, old.is_placeholder, old.is_bot)
    is distinct from (new.handle, new.name, new.unit_id, new.is_placeholder, new.is_bot))
  execute function acts_stir_by_giver();

create function acts_stir_by_unit() returns trigger language plpgsql as $$
begin update acts_act set stirred = stirred + 1 where by_id in (select id from people_person where unit_id = new.id);
  return null; end $$;
create trigger stir_acts after update of name on people_unit for each row when (old.name is distinct from new.name)
  execute function acts_stir_by_unit();

create function acts_stir_by_group() returns trigger language plpgsql as $$
begin update acts_act set stirred = stirred + 1 where group_id = new.id; return null; end $$;
create trigger stir_acts after update of key, name, is_closed, archived_at on groups_group for each row when (
    (old.key, old.name, old.is_closed, old.archived_at) is distinct from (new.key, new.name, new.is_closed, new.archived_at))
  execute function acts_stir_by_group();
"""
AWAY = """
drop trigger stir on acts_act; drop trigger stir_acts on people_person; drop trigger stir_acts on people_unit;
drop trigger stir_acts on groups_group; drop function acts_stir_own(); drop function acts_stir_by_giver();
drop function acts_stir_by_unit(); drop function acts_stir_by_group();
"""


class Migration(migrations.Migration):
    dependencies = [("acts", "0008_found_later"), ("groups", "0003_group_news"), ("people", "0005_named_like")]

    operations = [migrations.RunSQL(STIR, AWAY)]
