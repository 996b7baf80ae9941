"""A second control: the same home page as Django is usually written, ORM instances and Django templates (no rules either)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import Count, OuterRef, Q, Subquery
from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from django.urls import path
from django.utils import timezone

from potluck.acts.models import Act
from potluck.groups.models import Membership
from potluck.notices.models import Notice
from potluck.people.models import Session
from potluck.talk.models import Reaction

REACTIONS = ("gern gelesen", "hilft mir", "stark", "freut mich", "denke mit", "lache")
PAGE = Engine().from_string("""<!doctype html><html lang="de"><head><meta charset="utf-8">
<title>Tisch</title><link rel="stylesheet" href="/static/css/base.css"></head><body><header><nav><ul>
{% for name in places %}<li><a href="/{{ name }}/">{{ name }}</a></li>{% endfor %}</ul>
<p>{{ me.name }}, {{ unread }}</p></nav></header><main><h1>Was bringst du heute mit?</h1>
{% for act in acts %}
<article id="act-{{ act.key }}" class="gift" data-kind="{{ act.kind }}"><header>
<p class="who-name"><a href="/people/{{ act.by.handle }}/">{{ act.by.name }}</a></p>
<p class="who-meta">{{ act.group.name|default:"Alle" }},
<time datetime="{{ act.at|date:"c" }}">{{ act.at }}</time></p></header><div class="words">{{ act.html|safe }}</div>
<p>{{ act.answers }} Antworten, {{ act.given }} Reaktionen</p>
{% for emoji in reactions %}
<form method="post" action="/acts/{{ act.key }}/reactions/"><button name="emoji" value="{{ emoji }}"
{% if act.mine == emoji %}aria-pressed="true"{% endif %}>{{ emoji }}</button></form>{% endfor %}
<form method="post" action="/acts/{{ act.key }}/comments/"><label for="w-{{ act.key }}">Antwort</label>
<textarea id="w-{{ act.key }}" name="words" rows="3"></textarea><button>Antwort geben</button></form></article>
{% endfor %}</main></body></html>""")


def home(request: HttpRequest) -> HttpResponse:
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    session = Session.objects.select_related("person").filter(session_key=key, expire_date__gt=timezone.now()).first()
    if session is None or session.person is None:
        return HttpResponse(status=401)
    me: Any = session.person
    mine = list(Membership.objects.filter(person=me).values_list("group", flat=True))
    acts = (
        Act.objects.filter(Q(reach="everyone") | Q(group__in=mine), in_feed=True, withdrawn_at=None)
        .select_related("by", "group")
        .annotate(
            answers=Subquery(Act.objects.filter(on=OuterRef("pk")).order_by().values("on").annotate(n=Count("pk")).values("n")),
            given=Subquery(Reaction.objects.filter(act=OuterRef("pk")).order_by().values("act").annotate(n=Count("pk")).values("n")),
            mine=Subquery(Reaction.objects.filter(act=OuterRef("pk"), by=me).values("emoji")[:1]),
        )
        .order_by("-at", "-pk")[:20]
    )
    told = Notice.objects.filter(receiver=me, read_at=None).count()
    page = {"me": me, "unread": told, "acts": acts, "reactions": REACTIONS, "places": ("Tisch", "Gruppen", "Danke", "Ich")}
    return HttpResponse(PAGE.render(Context(page)))


urlpatterns = [path("", home)]
