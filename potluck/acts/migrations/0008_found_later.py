"""What has no language yet is not found yet: imported history can be read before its words are stemmed."""

from django.db import migrations

# As in 0006, but for the first condition. Rows that are there have a language: nothing is written anew.
FOUND = """
  create or replace function potluck_found(reach text, group_id bigint, withdrawn_at timestamptz, root_withdrawn boolean,
    language text, title text, html text) returns tsvector language sql immutable parallel safe
  return case when {condition}withdrawn_at is null and not root_withdrawn then array_to_tsvector(array(
    select case reach when 'everyone' then 'e ' when 'group' then 'g' || group_id || ' ' else 'n ' end || lexeme
    from unnest(tsvector_to_array(to_tsvector(
      case language when 'en' then 'potluck_en'::regconfig else 'potluck_de'::regconfig end,
      left(title || ' ' || html, 50000)))) lexeme)) end
"""


class Migration(migrations.Migration):
    dependencies = [("acts", "0007_import_withdrawn")]

    operations = [
        migrations.RunSQL(FOUND.format(condition="language <> '' and "), FOUND.format(condition="")),
    ]
