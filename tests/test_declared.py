"""Every field says what it is for, who reads it and how long it stays (GDPR Art. 5 and 30)."""

from __future__ import annotations

from django.apps import apps
from django.db import models

from potluck.core.declared import Readers, Retention, declared
from potluck.core.others import OTHERS, UNMANAGED


def fields_of(model: type[models.Model]) -> list[models.Field]:
    """The fields a model brings itself; not the key that Django makes."""
    made = [*model._meta.local_fields, *model._meta.local_many_to_many]
    return [field for field in made if not isinstance(field, models.BigAutoField)]


def undeclared(found: list[type[models.Model]]) -> list[str]:
    return [f"{m._meta.label}.{f.name}" for m in found for f in fields_of(m) if not hasattr(f, "declaration")]


def ours() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("potluck.")]


def test_every_field_of_ours_is_declared():
    assert undeclared(ours()) == []


def test_every_declaration_says_all_three_things():
    for model in ours():
        for field in fields_of(model):
            said = field.declaration
            assert len(said.purpose) >= 3, field
            assert isinstance(said.readers, Readers) and isinstance(said.retention, Retention), field


def test_a_field_without_a_declaration_is_found():
    class Naked(models.Model):
        mood = models.CharField(max_length=10)
        name = declared(models.CharField(max_length=10), purpose="a name", readers=Readers.OWNER, retention=Retention.HOUSE)

        class Meta:
            app_label = "core"
            managed = False

    try:
        assert undeclared([Naked]) == ["core.Naked.mood"]
    finally:
        apps.all_models["core"].pop("naked", None)


def test_tables_that_others_bring_are_declared_in_one_file():
    others = [m._meta for m in apps.get_models(include_auto_created=True) if not m.__module__.startswith("potluck.")]
    assert {meta.db_table for meta in others if meta.managed} == set(OTHERS)
    assert {meta.db_table for meta in others if not meta.managed} == set(UNMANAGED)
