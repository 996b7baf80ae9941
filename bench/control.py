"""The control: the home page as little as it can be, in the same server set-up on the same data.

Two statements as text, prepared; one Jinja2 template of about 40 kB with navigation, six reaction buttons and a comment
form for each of 20 acts. No rules, no translations, no middleware.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path
from jinja2 import Environment

WHO = """
select p.id, p.name, (select count(*) from notices_notice n where n.receiver_id = p.id and n.read_at is null)
from people_session s join people_person p on p.id = s.person_id where s.session_key = %s and s.expire_date > now()
"""
FEED = """
with ids as (
  (select a.id, a.at from acts_act a where a.reach = 'everyone' and a.in_feed and a.withdrawn_at is null
     order by a.at desc, a.id desc limit 20)
  union all
  (select g.id, g.at from groups_membership m cross join lateral (select a.id, a.at from acts_act a
     where a.reach = 'group' and a.in_feed and a.withdrawn_at is null and a.group_id = m.group_id
     order by a.at desc, a.id desc limit 20) g where m.person_id = %(me)s order by g.at desc, g.id desc limit 20)
), newest as (select id, at from ids order by at desc, id desc limit 20)
select a.id, a.key, a.kind, a.at, a.html, p.handle, p.name, g.name,
  (select count(*) from acts_act c where c.on_id = a.id), (select count(*) from talk_reaction r where r.act_id = a.id),
  (select r.emoji from talk_reaction r where r.act_id = a.id and r.by_id = %(me)s limit 1)
from newest join acts_act a on a.id = newest.id join people_person p on p.id = a.by_id
left join groups_group g on g.id = a.group_id order by a.at desc, a.id desc
"""
PAGE = Environment(autoescape=True, trim_blocks=True).from_string("""<!doctype html><html lang="de"><head><meta charset="utf-8">
<title>Tisch</title><link rel="stylesheet" href="/static/css/base.css"></head><body><header><nav><ul>
{% for name in ("Tisch", "Gruppen", "Danke", "Ich") %}<li><a href="/{{ name }}/">{{ name }}</a></li>{% endfor %}</ul>
<p>{{ me[1] }}, {{ me[2] }}</p></nav></header><main><h1>Was bringst du heute mit?</h1>
{% for id, key, kind, at, html, handle, name, group, answers, reactions, mine in acts %}
<article id="act-{{ key }}" class="gift" data-kind="{{ kind }}"><header>
<p class="who-name"><a href="/people/{{ handle }}/">{{ name }}</a></p>
<p class="who-meta">{{ group or "Alle" }},
<time datetime="{{ at }}">{{ at }}</time></p></header><div class="words">{{ html|safe }}</div>
<p>{{ answers }} Antworten, {{ reactions }} Reaktionen</p>
{% for emoji in ("gern gelesen", "hilft mir", "stark", "freut mich", "denke mit", "lache") %}
<form method="post" action="/acts/{{ key }}/reactions/"><button name="emoji" value="{{ emoji }}"
{% if mine == emoji %}aria-pressed="true"{% endif %}>{{ emoji }}</button></form>{% endfor %}
<form method="post" action="/acts/{{ key }}/comments/"><label for="w-{{ key }}">Antwort</label>
<textarea id="w-{{ key }}" name="words" rows="3"></textarea><button>Antwort geben</button></form></article>
{% endfor %}</main></body></html>""")


def home(request: HttpRequest) -> HttpResponse:
    session = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    with connection.cursor() as cursor:
        cursor.execute(WHO, [session])
        me: Any = cursor.fetchone()
        if me is None:
            return HttpResponse(status=401)
        cursor.execute(FEED, {"me": me[0]})
        return HttpResponse(PAGE.render(me=me, acts=cursor.fetchall()))


urlpatterns = [path("", home)]
