"""Who may do what: one predicate a name, asked by the verb with ``require`` and by the template with ``may``.

A rule is one sentence and its name says it::

    @rule("thanks.give", _("You can thank anybody but yourself."))
    def to_anyone_but_oneself(giver, receivers): ...
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.conf import settings


class Refused(Exception):
    """Visible, but not allowed: answered with 403 and this sentence."""

    def __init__(self, sentence: Any):
        self.sentence = sentence
        super().__init__(str(sentence))


_rules: dict[str, tuple[Callable[..., bool], Any]] = {}


def rule(name: str, sentence: Any) -> Callable[[Callable[..., bool]], Callable[..., bool]]:
    """Registers a predicate under ``name``; ``sentence`` (lazy, translated) is what a refused person reads."""

    def register(predicate: Callable[..., bool]) -> Callable[..., bool]:
        if name in _rules and _rules[name][0].__qualname__ != predicate.__qualname__:
            raise RuntimeError(f"two rules are called {name}")
        _rules[name] = (predicate, sentence)
        return predicate

    return register


def may(person: Any, name: str, *on: Any) -> bool:
    """Whether ``person`` may do ``name``. Somebody not signed in, or deactivated, may do nothing."""
    predicate, _sentence = _rules[name]
    return bool(getattr(person, "is_active", False)) and predicate(person, *on)


def require(person: Any, name: str, *on: Any) -> None:
    """Raises ``Refused`` with the rule's sentence unless ``person`` may."""
    if not may(person, name, *on):
        raise Refused(_rules[name][1])


def names() -> list[str]:
    return sorted(_rules)


def discover(module: str) -> None:
    """Imports ``<room>/<module>.py`` of every room that has one: kinds and rules are found by name at start."""
    for room in settings.INSTALLED_APPS:
        if room.startswith("potluck.") and find_spec(f"{room}.{module}"):
            import_module(f"{room}.{module}")
