"""How often somebody may try what signs in, sends mail or searches: declared at the view, counted in the database (one
statement a try, whatever process asks), answered with a sentence and ``Retry-After``.

Whom a try counts for is never somebody else: an address on the net, a person who is signed in, a browser; what was typed counts
only together with the address it was typed at. So nobody is locked out by another's typing. Addresses are not kept: what is
counted is a keyed hash, for as long as it counts (``forget``)."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, NamedTuple

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from potluck.core import answers, clock

Whose = Callable[[HttpRequest], str | None]


class Limit(NamedTuple):
    times: int
    within: timedelta
    #: For whom a request counts; None: not at all.
    whose: Whose


# --- for whom a request counts --------------------------------------------------------------------------------------------


def address(request: HttpRequest) -> str:
    """Where it comes from, as the proxy of this machine says it (core/web.py), and nobody else. Of IPv6 the network: a house
    has all of one."""
    said = str(request.META.get("REMOTE_ADDR", ""))
    try:
        found = ipaddress.ip_address(said)
    except ValueError:
        return said
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network(f"{found}/64", strict=False))
    return said


def person(request: HttpRequest) -> str:
    return str(request.user.pk)


def typed(field: str) -> Whose:
    """What was typed into ``field``, at this address."""
    return lambda request: f"{request.POST.get(field, '').strip().casefold()[:254]} {address(request)}"


def searching(request: HttpRequest) -> str | None:
    """Who looks for something; the page without a question costs no more than others."""
    return person(request) if request.GET.get("q") else None


# --- counting -------------------------------------------------------------------------------------------------------------

COUNT = """
insert into cache_rows as c (cache_key, value, expires)
values (%(key)s, '1', clock_timestamp() + make_interval(secs => %(within)s))
on conflict (cache_key) do update set
  value = case when c.expires <= clock_timestamp() then '1' else (c.value::bigint + 1)::text end,
  expires = case when c.expires <= clock_timestamp() then excluded.expires else c.expires end
returning value::bigint, extract(epoch from c.expires - clock_timestamp())
"""


def wait(what: str, limit: Limit, whose: str) -> int:
    """Counts a try; the seconds until one may try again, or 0: now."""
    key = salted_hmac("potluck.often", f"{what} {limit.times} {limit.within} {whose}", algorithm="sha256").hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"key": f"often:{key}", "within": limit.within.total_seconds()})
        times, left = cursor.fetchone()
    return max(1, round(left)) if times > limit.times else 0


def forget() -> None:
    """Erases what counts no more."""
    with connection.cursor() as cursor:
        cursor.execute("delete from cache_rows where expires <= %s", [clock.now()])


def often(what: str, *limits: Limit, methods: tuple[str, ...] = ("POST",)) -> Callable[..., Any]:
    """A view that may be tried so often; ``what`` names the kind of try, so that two views may share a limit."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method in methods:
                for limit in limits:
                    whose = limit.whose(request)
                    if whose is not None and (seconds := wait(what, limit, whose)):
                        return answers.too_often(request, seconds)
            return view(request, *args, **kwargs)

        inner.often = (what, limits)  # type: ignore[attr-defined]
        return inner

    return decorate


# --- what the house's doors allow -----------------------------------------------------------------------------------------

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
#: A link's secret, or a code, at one address.
with_proof = often("with-proof", Limit(60, MINUTE, address))
#: A mail to whoever is typed by a stranger.
asks_for_mail = often(
    "asks-for-mail",
    Limit(30, MINUTE, address),
    Limit(3, MINUTE, typed("email")),
    Limit(12, HOUR, typed("email")),
)
#: A mail that a member has the house write to somebody.
has_mail_sent = often("has-mail-sent", Limit(60, HOUR, person), Limit(200, DAY, person))
#: Two letters a second, for two minutes on end.
searches = often("searches", Limit(240, 2 * MINUTE, searching), methods=("GET", "HEAD"))
