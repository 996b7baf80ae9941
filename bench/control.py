"""The control: home, a comment and a thank-you as little as they can be, in the same server set-up on the same data.

Home is two statements as text, prepared, and one Jinja2 template of about 40 kB with navigation, six reaction buttons and a
comment form for each of 20 acts. A comment and a thank-you write the rows that Potluck writes, in one transaction. No rules, no
Markdown, no translations, no middleware.
"""

from __future__ import annotations

import json
import secrets
from html import escape
from typing import Any

from django.conf import settings
from django.db import connection, transaction
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
<form method="post" action="/acts/{{ key }}/reactions/"><input type="hidden" name="once" value="{{ key }}">
<button name="emoji" value="{{ emoji }}"{% if mine == emoji %} aria-pressed="true"{% endif %}>{{ emoji }}</button></form>
{% endfor %}
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


ACT = """
insert into acts_act (key, by_id, kind, at, on_id, group_id, reach, in_feed, title, words, html, language, is_first,
  root_withdrawn, is_imported, stirred, touched_at, once)
values (%(key)s, %(me)s, %(kind)s, now(), %(on)s, %(group)s, %(reach)s, %(in_feed)s, '', %(words)s, %(html)s, 'de', false,
  false, false, 0, now(), %(once)s) returning id
"""
NOTICE = """
insert into notices_notice (key, receiver_id, kind, cause, act_id, by_id, subject, at, no_mail)
values (%s, %s, %s, %s, %s, %s, '', now(), false) on conflict do nothing
"""
JOB = """
select unnest(procrastinate_defer_jobs_v1(array[row('mail', 'notices.mail_to', 0, null, null,
  jsonb_build_object('receivers', jsonb_build_array(%s::bigint)), now() + interval '4 seconds')::procrastinate_job_to_defer_v1]))
"""


def who(request: HttpRequest, cursor: Any) -> Any:
    cursor.execute(WHO, [request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")])
    return cursor.fetchone()


def act(cursor: Any, me: Any, request: HttpRequest, **more: Any) -> tuple[int, str]:
    key, words = secrets.token_hex(6), request.POST["words"]
    row = {"key": key, "me": me[0], "words": words, "html": f"<p>{escape(words)}</p>\n", "once": request.POST["once"]}
    cursor.execute(ACT, row | more)
    return cursor.fetchone()[0], key


def told(cursor: Any, act_id: int, me: Any, receiver: int, kind: str, cause: str) -> None:
    """The notice, and what rings: at the acts' streams, at the receiver's, and the job that mails."""
    cursor.execute(NOTICE, [secrets.token_hex(6), receiver, kind, cause, act_id, me[0]])
    cursor.execute("select pg_notify('potluck', %s)", [json.dumps({"notices": [receiver]})])
    cursor.execute(JOB, [receiver])


def comment(request: HttpRequest, key: str) -> HttpResponse:
    with transaction.atomic(), connection.cursor() as cursor:
        me = who(request, cursor)
        cursor.execute("select id, by_id, group_id, reach from acts_act where key = %s for no key update", [key])
        root, author, group, reach = cursor.fetchone()  # type: ignore[misc]
        made, new = act(cursor, me, request, kind="commented", on=root, group=group, reach=reach, in_feed=False)
        cursor.execute("update acts_act set stirred = stirred + 1 where id = %s", [root])
        cursor.execute("insert into talk_comment (act_id, answers_id) values (%s, %s)", [made, root])
        news = {"act": new, "what": "new", "reach": reach, "author": me[0], "on": key, "by": me[0], "people": [me[0]]}
        cursor.execute("select pg_notify('potluck', %s)", [json.dumps(news)])
        told(cursor, made, me, author, "answered", f"/acts/{key}/")
    return HttpResponse(status=303, headers={"Location": f"/acts/{key}/#act-{new}"})


def thank(request: HttpRequest, handle: str) -> HttpResponse:
    with transaction.atomic(), connection.cursor() as cursor:
        me = who(request, cursor)
        cursor.execute("select id from people_person where handle = %s", [handle])
        receiver = cursor.fetchone()[0]  # type: ignore[index]
        made, new = act(cursor, me, request, kind="thanked", on=None, group=None, reach="named", in_feed=True)
        cursor.execute("insert into acts_named (act_id, person_id, at) values (%s, %s, now())", [made, receiver])
        cursor.execute(
            "insert into thanks_thanks (act_id, what_changed, what_changed_html, is_offered) values (%s, '', '', false)", [made]
        )
        cursor.execute("insert into thanks_receiver (thanks_id, person_id) values (%s, %s)", [made, receiver])
        news = {"act": new, "what": "new", "reach": "named", "author": me[0], "by": me[0], "people": [me[0], receiver]}
        cursor.execute("select pg_notify('potluck', %s)", [json.dumps(news)])
        told(cursor, made, me, receiver, "thanked", f"/acts/{new}/")
    return HttpResponse(status=303, headers={"Location": f"/acts/{new}/"})


urlpatterns = [
    path("", home),
    path("acts/<slug:key>/comments/", comment),
    path("people/<slug:handle>/thanks/", thank),
]
