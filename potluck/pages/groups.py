"""The page of one group: what happens here, who looks after it, what was given, and the way in or out."""

from __future__ import annotations

from django.http import HttpResponse

from potluck.acts import queries as acts
from potluck.core import paging
from potluck.core.answers import Request, is_htmx, page, takes
from potluck.groups import queries as groups
from potluck.groups.forms import AskForm
from potluck.notices import verbs as notices

#: Faces shown on the page itself; all of them are one click away.
FACES = 9


@takes("GET")
def group(request: Request, key: str) -> HttpResponse:
    """For outsiders of a closed group: its name, what it is about, its hosts, and the way to ask."""
    viewer = request.user
    one = groups.one(viewer, key)
    readable = groups.readable(viewer, one)
    before = paging.before(request.GET.get("before"))
    rows, older = paging.page(acts.of_group(viewer, one, before, acts.PAGE + 1) if readable else [], acts.PAGE)
    rows = acts.dressed(viewer, rows)
    older_url = f"{request.path}?before={older}" if older else ""
    if is_htmx(request) and before:
        return page(request, "pages/_group_acts.html", acts=rows, older_url=older_url)
    notices.read(viewer, f"/groups/{one.key}/")
    seats = list(groups.members(viewer, one)[: FACES + 1])
    return page(
        request,
        "pages/group.html",
        group=one,
        readable=readable,
        acts=rows,
        older_url=older_url,
        is_first=before is None,
        is_looked_after=bool(one.archived_at) or groups.is_looked_after(viewer, one),
        hosts=[seat.person for seat in seats if seat.is_host],
        members=[seat.person for seat in seats if not seat.is_host][:FACES],
        more=len(seats) > FACES,
        mine=groups.my_seat(viewer, one),
        asked=groups.my_open_request(viewer, one),
        requests=list(groups.open_requests(viewer, one)),
        form=AskForm(),
        here="groups",
    )
