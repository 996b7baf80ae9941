"""Addresses of pages that show several subjects. A group's own page shows its gifts, so all addresses of groups are here."""

from django.urls import include, path

from potluck.groups import views as groups
from potluck.pages import groups as group_page
from potluck.pages import search, views

of_pages = [
    path("", views.home, name="home"),
    path("people/<slug:handle>/", views.person, name="person"),
    path("waiting/", views.waiting, name="waiting"),
    path("questions/", views.questions, name="questions"),
    path("search/", search.search, name="search"),
    path("turn-to/", views.turn_to, name="turn_to"),
    path("me/log/", views.log, name="log"),
]
of_groups = [
    path("groups/", groups.shelf, name="shelf"),
    path("groups/new/", groups.new, name="new"),
    path("groups/requests/<slug:key>/answer/", groups.answer, name="answer"),
    path("groups/<slug:key>/", group_page.group, name="group"),
    path("groups/<slug:key>/change/", groups.change, name="change"),
    path("groups/<slug:key>/host/", groups.look_after, name="look_after"),
    path("groups/<slug:key>/host/asking/", groups.ask_for_host, name="ask_for_host"),
    path("groups/<slug:key>/people/", groups.people, name="people"),
    path("groups/<slug:key>/people/<slug:handle>/host/", groups.make_host, name="make_host"),
    path("groups/<slug:key>/people/<slug:handle>/withdrawal/", groups.take_out, name="take_out"),
    path("groups/<slug:key>/seat/", groups.join, name="join"),
    path("groups/<slug:key>/seat/withdrawal/", groups.leave, name="leave"),
    path("groups/<slug:key>/requests/", groups.ask, name="ask"),
]
urlpatterns = [path("", include((of_pages, "pages"))), path("", include((of_groups, "groups")))]
