"""Model instances from SQL text: what is asked all day is text and prepared, and what verbs take are models."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import AutoField, Model


@cache
def columns(**models: type[Model]) -> str:
    """The columns of these models under these table names, as ``instances`` reads them: ``columns(a=Act, p=Person)``."""
    return ", ".join(f'{name}."{field.column}"' for name, model in models.items() for field in _fields(model))


def instances(found: Sequence[Any], *models: type[Model]) -> list[Any]:
    """One instance of each model from a row of ``columns``; None where a join found nothing (the key is empty)."""
    made, first = [], 0
    for model in models:
        names = _names(model)
        values = found[first : first + len(names)]
        first += len(names)
        made.append(model.from_db("default", names, values) if values[_key(model)] is not None else None)
    return made


def _fields(model: type[Model]) -> list[Any]:
    """All that verbs may want to know; not what PostgreSQL makes for itself."""
    return [field for field in model._meta.concrete_fields if not field.generated]


@cache
def _names(model: type[Model]) -> list[str]:
    return [field.attname for field in _fields(model)]


@cache
def _key(model: type[Model]) -> int:
    return _names(model).index(model._meta.pk.attname)  # type: ignore[union-attr]


@cache
def insertion(model: type[Model]) -> str:
    """Columns and values of an INSERT of ``values``; what the database makes itself (id, generated columns) is left to it."""
    names = [field.column for field in _written(model)]
    return f"({', '.join(names)}) values ({', '.join(f'%({name})s' for name in names)})"


def values(one: Model) -> dict[str, Any]:
    """What is written of an instance: {column: value}."""
    return {field.column: field.get_db_prep_save(getattr(one, field.attname), connection) for field in _written(type(one))}


def insert(one: Model) -> None:
    """Writes an instance that is new, as ``save(force_insert=True)`` does, by a statement that is put together once."""
    meta: Any = type(one)._meta
    with connection.cursor() as cursor:
        cursor.execute(f"insert into {meta.db_table} {insertion(type(one))} returning {meta.pk.column}", values(one))
        written(one, cursor.fetchone()[0])  # type: ignore[index]


def written(one: Model, pk: Any) -> None:
    """An instance now stands in the database."""
    one.pk, one._state.adding, one._state.db = pk, False, "default"


@cache
def _written(model: type[Model]) -> list[Any]:
    return [field for field in model._meta.concrete_fields if not isinstance(field, AutoField) and not field.generated]
