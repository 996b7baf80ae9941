"""Acts keep what they are found by: stems of their words, each bound to the readers of the act (docs/decisions/0008)."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.functions
from django.contrib.postgres.operations import UnaccentExtension
from django.db import migrations, models

import potluck.acts.models

_WORD = "asciiword, asciihword, hword_asciipart, word, hword, hword_part"


def configuration(language: str, short: str) -> str:
    """Words lose stop words first, then accents, then endings. ``unaccent`` as a function is not immutable, as a step of a
    configuration it may stand in a generated column."""
    return f"""
      create text search dictionary potluck_{short}_stop (template = pg_catalog.simple, stopwords = {language}, accept = false);
      create text search dictionary potluck_{short}_stem (template = pg_catalog.snowball, language = {language});
      create text search configuration potluck_{short} (copy = pg_catalog.{language});
      alter text search configuration potluck_{short}
        alter mapping for {_WORD} with potluck_{short}_stop, unaccent, potluck_{short}_stem;
    """


CONFIGURATIONS = configuration("german", "de") + configuration("english", "en")
AWAY = "".join(
    f"drop text search configuration potluck_{short}; drop text search dictionary potluck_{short}_stem; "
    f"drop text search dictionary potluck_{short}_stop; "
    for short in ("de", "en")
)

# "return", not a text: PostgreSQL resolves the names now and dumps them in full, so that a restored house finds them again.
# Of very long words the first 50,000 characters count: a tsvector holds 1 MB, and an act is never refused for its length.
FOUND = """
  create function potluck_found(reach text, group_id bigint, withdrawn_at timestamptz, root_withdrawn boolean,
    language text, title text, html text) returns tsvector language sql immutable parallel safe
  return case when withdrawn_at is null and not root_withdrawn then array_to_tsvector(array(
    select case reach when 'everyone' then 'e ' when 'group' then 'g' || group_id || ' ' else 'n ' end || lexeme
    from unnest(tsvector_to_array(to_tsvector(
      case language when 'en' then 'potluck_en'::regconfig else 'potluck_de'::regconfig end,
      left(title || ' ' || html, 50000)))) lexeme)) end
"""


class Migration(migrations.Migration):
    dependencies = [("acts", "0005_first")]

    operations = [
        UnaccentExtension(),
        migrations.RunSQL(CONFIGURATIONS, AWAY),
        migrations.RunSQL(
            FOUND, "drop function potluck_found(text, bigint, timestamptz, boolean, text, text, text)"
        ),
        migrations.AddField(
            model_name="act",
            name="found",
            field=potluck.acts.models.Made(
                db_persist=True,
                expression=models.Func(
                    "reach",
                    "group",
                    "withdrawn_at",
                    "root_withdrawn",
                    "language",
                    "title",
                    "html",
                    function="potluck_found",
                ),
                output_field=django.contrib.postgres.search.SearchVectorField(),
            ),
        ),
        migrations.AddIndex(
            model_name="act",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["found"], name="acts_found", condition=~models.Q(reach="named")
            ),
        ),
        migrations.AddIndex(
            model_name="act",
            index=models.Index(fields=["by"], name="acts_private", condition=models.Q(reach="named")),
        ),
    ]
