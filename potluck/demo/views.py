"""Sitting down in a chair of the demo company: a one-time link to an address of its own, since cookies belong to a host."""

from __future__ import annotations

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse

from potluck.core.answers import go, open_to_all, page, takes
from potluck.core.often import with_proof
from potluck.demo import queries
from potluck.people.verbs import make_sign_in_link


# The form of a chair is answered with the way to that chair's host, and browsers ask the policy about that as well.
@csp_update({"form-action": ["http://*.localhost:*"]})
@open_to_all
@takes("GET")
def chairs(request: HttpRequest) -> HttpResponse:
    return page(request, "demo/chairs.html", chairs=queries.chairs())


@open_to_all
@takes("POST")
@with_proof
def sit(request: HttpRequest, name: str) -> HttpResponse:
    """A link that signs in once, at ``http://NAME.localhost:PORT``, with a button: a link alone changes nothing."""
    link = make_sign_in_link(queries.sitter(name))
    return go(request, f"{request.scheme}://{name}.localhost:{request.get_port()}{link}")
