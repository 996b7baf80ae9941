"""Every read about imports."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.http import Http404

from potluck.core import house
from potluck.core.rules import may, require
from potluck.exchange import report, withdrawing
from potluck.exchange.models import Import, Upload
from potluck.exchange.roster import report as roster
from potluck.groups.models import Membership


def past_imports(viewer: Any) -> list[SimpleNamespace]:
    """What was brought, newest first, each with its report in words; one that is not finished has none. Raises ``Refused``."""
    require(viewer, "imports.bring")
    return [_past(one) for one in Import.objects.select_related("by", "withdrawn_by").order_by("-begun_at", "-pk")]


def _past(past: Import) -> SimpleNamespace:
    words = roster if past.system == "people" else report
    return SimpleNamespace(
        key=past.key,
        can_go=not withdrawing.can_go(past),
        is_nightly=past.is_nightly,
        problem=past.problem,
        is_going=past.withdrawal_at is not None and past.withdrawn_at is None,
        withdrawn_at=past.withdrawn_at,
        withdrawn_by=past.withdrawn_by,
        is_hidden=past.is_hidden,
        name=past.name,
        at=past.readable_at or past.begun_at,
        by=past.by,
        private=past.private,
        messages=past.messages,
        is_people_list=past.system == "people",
        is_finished=past.readable_at is not None,
        came=list(words.numbers(past.report)),
        stayed_out=list(words.reasons(past.report)),
        sentences=list(roster.sentences(past.report)),
    )


def nightly_list(viewer: Any) -> SimpleNamespace | None:
    """The last people list that was found at night, with its report, for who keeps the house; nobody else has one."""
    if viewer is None or not may(viewer, "imports.bring"):
        return None
    past = Import.objects.filter(is_nightly=True).order_by("-begun_at", "-pk").first()
    return _past(past) if past else None


def withdrawal(viewer: Any, key: str) -> SimpleNamespace:
    """An import that could be taken back, with what would go, or why it cannot. 404 where there is none. Raises ``Refused``."""
    require(viewer, "imports.withdraw")
    past = imported(key)
    if past is None:
        raise Http404
    why = withdrawing.can_go(past)
    going = None if why else withdrawing.going(past)
    return SimpleNamespace(
        past=past, key=key, name=past.name, why=why, going=going, counts=list(report.gone(going)) if going else []
    )


def all_imports() -> list[Import]:
    """For the shell, newest first."""
    return list(Import.objects.order_by("-begun_at", "-pk"))


def imported(key: str) -> Import | None:
    return Import.objects.filter(key=key).first()


def upload(viewer: Any, key: str = "") -> SimpleNamespace | None:
    """The file that is on its way in, or was last (``key``: that one), with how far it is or its report. Raises ``Refused``."""
    require(viewer, "imports.bring")
    found = Upload.objects.select_related("by").order_by("-at")
    one = found.filter(key=key).first() if key else found.first()
    if one is None:
        return None
    words = roster if one.source == "people" else report
    is_told = bool(one.report)
    return SimpleNamespace(
        key=one.key,
        name=one.name,
        by=one.by,
        at=one.at,
        done_at=one.done_at,
        is_rehearsal=bool(one.wishes.get("dry_run")),
        is_people_list=one.source == "people",
        step=one.step,
        percent=one.percent,
        problem=one.problem,
        came=list(words.numbers(one.report)) if is_told else [],
        stayed_out=list(words.reasons(one.report)) if is_told else [],
        sentences=list(roster.sentences(one.report)) if is_told else [],
        closed=roster.closed(one.report) if is_told else [],
        has_places=bool(one.report.get("placeholders") or one.report.get("joined")),
    )


def has_tables_to_offer(viewer: Any) -> bool:
    """Did history bring groups, and does this administrator sit in no group at all yet, so that nothing of it reaches them?"""
    return (
        may(viewer, "imports.bring")
        and not Membership.objects.filter(person=viewer).exists()
        and Import.objects.exclude(readable_at=None).filter(withdrawn_at=None, report__groups__gt=0).exists()
    )


def command() -> str:
    """What to type in the folder of this house, before the source and the path of the file."""
    return f"{house.command()} import"
