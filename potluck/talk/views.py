"""An act with its talk: reading it, answering, reacting, saying what helped."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from potluck.acts import queries as acts
from potluck.acts.promise import Widened
from potluck.core import paging
from potluck.core.answers import Request, go, is_htmx, once_more, page, takes
from potluck.notices import queries as notice_queries
from potluck.notices import verbs as notices
from potluck.talk import queries, verbs
from potluck.talk.forms import CommentForm


@takes("GET")
def act(request: Request, key: str) -> HttpResponse:
    """An act and what was said to it. A comment's address leads into its talk. For htmx: the fragment alone."""
    viewer, row = request.user, acts.plain_row(request.user, key)
    if not row.kind.in_feed:
        return _comment(request, key) if is_htmx(request) else _into_the_talk(request, row)
    before = paging.before(request.GET.get("before"))
    if is_htmx(request) and not before:
        acts.dressed(viewer, [row])
        return page(request, row.kind.template, act=row, full=False)
    answers, earlier = queries.comments(viewer, row, before)
    acts.dressed(viewer, [row, *answers, *(reply for answer in answers for reply in answer.replies)])
    context: dict[str, Any] = {"act": row, "comments": answers, "earlier": earlier, "is_newest": before is None}
    if is_htmx(request):
        return page(request, "talk/_earlier.html", **context)
    request.unread, about_this = notice_queries.unread(viewer, f"/acts/{key}/")
    if about_this and request.method == "GET":
        notices.read(viewer, f"/acts/{key}/")
    context |= {"form": CommentForm(), "also": queries.asked_too(viewer, row), "here": "table"}
    return page(request, "talk/thread.html", **context)


def _into_the_talk(request: Request, row: Any) -> HttpResponse:
    root, _hash, place = row.url.partition("#")
    cursor = queries.page_of(request.user, row)
    return go(request, f"{root}?before={cursor}#{place}" if cursor else row.url)


def _comment(request: Request, key: str) -> HttpResponse:
    return page(request, "talk/_comment.html", act=queries.comment(request.user, key))


@takes("GET")
def new_comment(request: Request, key: str) -> HttpResponse:
    """The form to answer an act, or with ``?to=KEY`` a comment on it."""
    root = acts.row(request.user, key)
    to = queries.comment(request.user, request.GET["to"]) if request.GET.get("to") else None
    template = "talk/_composer.html" if is_htmx(request) else "talk/comment_new.html"
    return page(request, template, root=root, to=to, form=CommentForm(), here="table")


@takes("POST")
def comments(request: Request, key: str) -> HttpResponse:
    form, wanted = CommentForm(request.POST), request.POST.get("to", "")
    on = acts.act(request.user, wanted or key)
    if wanted and (on.on is None or on.on.key != key):
        raise Http404
    if not form.is_valid():
        return _composer_again(request, key, wanted, form)
    said = form.cleaned_data
    try:
        given = verbs.comment(request.user, on, said["words"], once=said["once"], promised=said["promised"])
    except Widened:
        return _composer_again(request, key, wanted, form, widened=True)
    if not is_htmx(request):
        return go(request, f"/acts/{given.on.key}/#act-{given.key}", _("Your answer is there."))  # type: ignore[union-attr]
    root, to = _asked(request, key, wanted)
    answer = queries.comment(request.user, given.key)
    return page(request, "talk/_answered.html", act=answer, root=root, to=to, form=CommentForm())


def _composer_again(request: Request, key: str, wanted: str, form: CommentForm, *, widened: bool = False) -> HttpResponse:
    """The form with its words; ``widened``: others would read them by now than it said, and it says who."""
    root, to = _asked(request, key, wanted)
    template = "talk/_composer.html" if is_htmx(request) else "talk/comment_new.html"
    return once_more(request, template, root=root, to=to, form=form, widened=widened, here="table")


def _asked(request: Request, key: str, wanted: str) -> tuple[Any, Any]:
    """What is answered, dressed: the root of the talk, and the comment on it, if it is one."""
    return acts.row(request.user, key), queries.comment(request.user, wanted) if wanted else None


@takes("GET", "POST")
def reactions(request: Request, key: str) -> HttpResponse:
    """The six words on an act: ``emoji`` gives one, ``take_back`` takes it back."""
    act = acts.act(request.user, key)
    if request.method == "POST":
        if "take_back" in request.POST:
            verbs.take_reaction_back(request.user, act, request.POST["take_back"])
        else:
            verbs.react(request.user, act, request.POST.get("emoji", ""))
    row = acts.row(request.user, key)
    if is_htmx(request):
        return page(request, "talk/_reactions.html", act=row, opened=request.method == "GET")
    if request.method == "POST":
        return go(request, row.url)
    return page(request, "talk/reactions.html", act=row, here="table")


@takes("POST")
def helped(request: Request, key: str) -> HttpResponse:
    verbs.say_it_helped(request.user, acts.act(request.user, key))
    return _told(request, key)


@takes("POST")
def helped_withdrawal(request: Request, key: str) -> HttpResponse:
    verbs.unsay_it_helped(request.user, acts.act(request.user, key))
    return _told(request, key)


def _told(request: Request, key: str) -> HttpResponse:
    if is_htmx(request):
        return _comment(request, key)
    return go(request, acts.row(request.user, key).url)
