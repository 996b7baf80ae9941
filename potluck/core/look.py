"""Light and space are chosen per device: two cookies that say nothing about anybody."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from potluck.core.answers import go, open_to_all, safe_next, takes

YEAR = 60 * 60 * 24 * 365
CHOICES = {"theme": ("system", "paper", "evening"), "density": ("calm", "usual", "full")}


@open_to_all
@takes("POST")
def choose(request: HttpRequest) -> HttpResponse:
    """Keep the choice on this device and go back. What is not on offer changes nothing."""
    answer = go(request, safe_next(request, "/"))
    for name, offered in CHOICES.items():
        chosen = request.POST.get(name)
        if chosen in offered:
            answer.set_cookie(name, chosen, max_age=YEAR, samesite="Lax", secure=request.is_secure())
    return answer
