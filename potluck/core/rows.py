"""Model instances from SQL text: what is asked all day is text and prepared, and what verbs take are models."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db.models import Model


@cache
def columns(**models: type[Model]) -> str:
    """The columns of these models under these table names, as ``instances`` reads them: ``columns(a=Act, p=Person)``."""
    return ", ".join(f'{name}."{field.column}"' for name, model in models.items() for field in model._meta.concrete_fields)


def instances(found: Sequence[Any], *models: type[Model]) -> list[Any]:
    """One instance of each model from a row of ``columns``; None where a join found nothing (the key is empty)."""
    made, first = [], 0
    for model in models:
        names = _names(model)
        values = found[first : first + len(names)]
        first += len(names)
        made.append(model.from_db("default", names, values) if values[_key(model)] is not None else None)
    return made


@cache
def _names(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


@cache
def _key(model: type[Model]) -> int:
    return _names(model).index(model._meta.pk.attname)  # type: ignore[union-attr]
