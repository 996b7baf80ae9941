"""Every address of the house, room by room."""

from __future__ import annotations

from importlib.util import find_spec

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from potluck.core import answers, look

# The last room first: home is asked for all day, and what stands first is found first.
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include(f"potluck.{room}.urls")) for room in reversed(settings.ROOMS) if find_spec(f"potluck.{room}.urls")
]
urlpatterns += [path("", include("potluck.pages.claim"))]
urlpatterns += [path("look/", look.choose, name="look")]
urlpatterns += [path("accounts/", include("potluck.people.accounts"))]
if settings.DEBUG:
    urlpatterns += [path("", include("potluck.core.urls"))]
if settings.DEMO:
    urlpatterns += [path("", include("potluck.demo.urls"))]

handler400 = answers.bad_request
handler404 = answers.not_there
handler500 = answers.broken
