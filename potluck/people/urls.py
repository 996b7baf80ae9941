from __future__ import annotations

from django.urls import path

from potluck.people.views import doors, house, me, people, start

app_name = "people"

urlpatterns = [
    path("start/<str:token>/", start.first_person, name="start"),
    path("house/start/", start.four_questions, name="four_questions"),
    path("house/start/choices/", start.three_choices, name="three_choices"),
    path("sign-in/<str:token>/", doors.sign_in_link, name="sign_in_link"),
    path("language/", doors.language, name="language"),
    path("me/", me.me, name="me"),
    path("me/profile/", me.profile, name="profile"),
    path("me/settings/", me.settings, name="settings"),
    path("me/mailbox/", me.own_mailbox, name="own_mailbox"),
    path("me/mailbox/code/", me.own_mailbox_code, name="own_mailbox_code"),
    path("me/sessions/<slug:key>/end/", me.end_session, name="end_session"),
    path("people/", people.directory, name="directory"),
    path("people/<slug:handle>/invitation/", people.invite_placeholder, name="invite_placeholder"),
    path("invite/", people.invite, name="invite"),
    path("house/", house.house, name="house"),
    path("house/settings/", house.furnish, name="furnish"),
    path("house/people/<slug:handle>/", house.person, name="house_person"),
    path("house/people/<slug:handle>/roles/", house.roles, name="roles"),
    path("house/people/<slug:handle>/mailbox/", house.mailbox, name="mailbox"),
    path("house/people/<slug:handle>/sign-in-link/", house.sign_in_link, name="make_sign_in_link"),
    path("house/people/<slug:handle>/closing/", house.closing, name="closing"),
    path("house/people/<slug:handle>/opening/", house.opening, name="opening"),
]
