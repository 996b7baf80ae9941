"""Migrations run while the code of the release before still serves: what it asks and writes goes on working on the new
tables, and nothing it wrote is lost.

``tests/release_before.sql`` is a transcript of that code: every statement it sent, on tables that were empty, while people
came in, gave, and looked at the pages that are asked for all day. It begins with the migrations that had made its tables. A
release renews it: ``POTLUCK_WRITE_STATEMENTS=1 .venv/bin/pytest tests/test_upgrade.py -k transcript``.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import psycopg
import pytest
from django.db import connection, migrations, models
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.test.utils import CaptureQueriesContext

from tests import cluster, crawl, make

TRANSCRIPT = Path(__file__).with_name("release_before.sql")
NEXT = "\n--;\n"  # between two statements
NOT_REPLAYED = re.compile(r"^(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)", re.I)


def head_and_statements() -> tuple[list[tuple[str, str]], list[str]]:
    head, *statements = TRANSCRIPT.read_text().split(NEXT)
    return [(app, name) for app, name in json.loads(head.removeprefix("-- "))], statements


@pytest.mark.skipif("POTLUCK_WRITE_STATEMENTS" not in os.environ, reason="written for a release only")
def test_the_transcript_is_written(transactional_db, database_name):
    """Not a test: it writes the transcript, on a database whose ids begin at 1."""
    with cluster.beside(f"{database_name}_fresh"), cluster.django_in(f"{database_name}_fresh"):
        with CaptureQueriesContext(connection) as captured:
            live()
        applied = sorted(MigrationLoader(connection).applied_migrations)
    said = [query["sql"] for query in captured.captured_queries if not NOT_REPLAYED.match(query["sql"])]
    TRANSCRIPT.write_text(NEXT.join([f"-- {json.dumps(applied)}", *said]))


def live() -> None:
    """A day of the house: who comes, gives and looks."""
    mira, jonas, ilse = make.administrator(name="Mira Sand"), make.person("Jonas Feld"), make.person("Ilse Bach")
    group = make.group(mira, jonas, name="Ersatzteile")
    make.post(ilse)
    question = make.question(mira, "Wohin mit den Regenschirmen?")
    make.comment(jonas, question)
    thanks = make.thank_on_wall(mira, jonas)
    client = crawl.signed_in(ilse)
    for path in ("/", f"/acts/{question.key}/", "/inbox/", "/thanks/", f"/people/{mira.handle}/", f"/groups/{group.key}/",
                 f"/acts/{thanks.key}/"):
        assert client.get(path).status_code == 200, path
    once = "0123456789abcdef0123456789abcdef"
    assert client.post(f"/acts/{question.key}/comments/", {"words": "Im Keller.", "once": once}).status_code in (200, 303)


def migrate(to: list[tuple[str, str]] | None = None) -> None:
    executor = MigrationExecutor(connection)
    graph = executor.loader.graph
    last = [node for node in to or [] if not any(child.key[0] == node[0] and child.key in to
                                                 for child in graph.node_map[node].children)]
    executor.migrate(last or graph.leaf_nodes())


def replay(url: str, statements: list[str]) -> None:
    with psycopg.connect(url, autocommit=True) as database:
        for number, statement in enumerate(statements):
            try:
                database.execute(statement)
            except psycopg.Error as problem:
                pytest.fail(f"the release before cannot send its statement {number} any more: {problem}\n{statement[:600]}")


def contents(url: str) -> dict[str, list[str]]:
    with psycopg.connect(url) as database:
        names = [name for (name,) in database.execute(
            "select table_name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'")]
        return {name: sorted(row for (row,) in database.execute(f'select to_jsonb(t)::text from "{name}" t')) for name in names}


@pytest.fixture
def empty_url(transactional_db, database_name):
    """A database without any table; Django's connection leads to it."""
    name = f"{database_name}_upgrade"
    with cluster.beside(name):
        with psycopg.connect(cluster.url_of(name), autocommit=True) as database:
            database.execute("drop schema public cascade; create schema public")
        with cluster.django_in(name):
            yield cluster.url_of(name)


@pytest.mark.slow
def test_what_the_release_before_wrote_is_there_after_the_migrations_and_it_can_go_on_reading(empty_url):
    made, statements = head_and_statements()
    migrate(made)
    replay(empty_url, statements)
    before = contents(empty_url)
    migrate()
    after = contents(empty_url)
    assert len(before["acts_act"]) >= 4
    for table, rows in before.items():
        if table == "django_migrations":
            continue
        kept = [json.loads(row) for row in after[table]]
        for row in map(json.loads, rows):
            assert any(all(one.get(key) == value for key, value in row.items()) for one in kept), (table, row)
    replay(empty_url, [statement for statement in statements if statement.lstrip("( ").lower().startswith("select")])


@pytest.mark.slow
def test_the_release_before_goes_on_writing_on_the_new_tables(empty_url):
    _made, statements = head_and_statements()
    migrate()
    replay(empty_url, statements)
    assert len(contents(empty_url)["acts_act"]) >= 4


@pytest.mark.slow
@pytest.mark.parametrize("change", [
    "alter table acts_act rename column words to text", "alter table talk_comment add needed int not null",
    "drop table notices_notice cascade"])
def test_a_change_that_the_release_before_cannot_live_with_is_noticed(empty_url, change):
    """The control of both tests above."""
    _made, statements = head_and_statements()
    migrate()
    with psycopg.connect(empty_url, autocommit=True) as database:
        database.execute(change)
    with pytest.raises(pytest.fail.Exception, match="cannot send its statement"):
        replay(empty_url, statements)


# --- a migration that takes something away says so -----------------------------------------------------------------------

TAKES = (migrations.RemoveField, migrations.RenameField, migrations.RenameModel, migrations.DeleteModel,
         migrations.AlterModelTable)
TAKES_SQL = re.compile(r"\bdrop\s+(table|column|view|function)\b|\brename\b|\bset\s+not\s+null\b|\balter\s+column\b", re.I)


def takes_away(operation, before) -> str | None:
    """What this operation takes from code that does not know of it, or None. ``before`` is the state in front of it."""
    app, state = before
    if isinstance(operation, TAKES):
        return type(operation).__name__
    if isinstance(operation, migrations.AddField) and _needed(operation.field):
        return "AddField without null or db_default"
    if isinstance(operation, migrations.AlterField):
        old = state.models[app, operation.model_name.lower()].fields[operation.name]
        if old.null and _needed(operation.field):
            return "AlterField to not null"
    if isinstance(operation, migrations.RunSQL) and TAKES_SQL.search(str(operation.sql)):
        return "RunSQL that drops or renames"
    return None


def _needed(field) -> bool:
    """Must whoever writes a row know of this field? (Django's own ``default`` is not the database's.)"""
    return not field.null and not field.has_db_default() and not field.many_to_many and not getattr(field, "generated", False)


def found(loader: MigrationLoader, nodes: list[tuple[str, str]]) -> list[str]:
    said = []
    for node in nodes:
        migration = loader.graph.nodes[node]
        if getattr(migration, "takes_away", ""):
            continue
        state = loader.project_state(node, at_end=False)
        for operation in migration.operations:
            if what := takes_away(operation, (node[0], state)):
                said.append(f"{'.'.join(node)}: {what} ({operation.describe()})")
            operation.state_forwards(node[0], state)
    return said


@pytest.mark.parametrize(("operation", "what"), [
    (migrations.RemoveField("act", "title"), "RemoveField"),
    (migrations.RenameField("act", "title", "heading"), "RenameField"),
    (migrations.DeleteModel("Named"), "DeleteModel"),
    (migrations.AddField("act", "weight", models.IntegerField(default=0)), "AddField without null or db_default"),
    (migrations.AlterField("act", "group", models.IntegerField()), "AlterField to not null"),
    (migrations.RunSQL("alter table acts_act drop column title; drop table acts_named"), "RunSQL that drops or renames"),
    (migrations.RunSQL(["create index x on acts_act (at)", "ALTER TABLE acts_act RENAME COLUMN at TO moment"]),
     "RunSQL that drops or renames"),
    (migrations.AddField("act", "weight", models.IntegerField(db_default=0)), None),
    (migrations.AddField("act", "weight", models.IntegerField(null=True)), None),
    (migrations.RunSQL("create index x on acts_act (at)"), None),
])
def test_what_takes_away_is_known(operation, what):
    loader = MigrationLoader(None)
    assert takes_away(operation, ("acts", loader.project_state(("acts", "0001_initial")))) == what


def test_no_migration_since_the_last_release_takes_away_what_that_release_uses():
    """Taking away comes a release later, in a migration that says so: ``takes_away = "not used since 0.2"`` (CONTRIBUTING.md)."""
    made, _statements = head_and_statements()
    loader = MigrationLoader(None)
    ours = [node for node in loader.graph.nodes if loader.graph.nodes[node].__module__.startswith("potluck.")]
    assert found(loader, sorted(set(ours) - set(made))) == []
