from __future__ import annotations

from django.urls import path

from potluck.people.views import doors, start

app_name = "people"

urlpatterns = [
    path("start/<str:token>/", start.first_person, name="start"),
    path("house/start/", start.four_questions, name="four_questions"),
    path("house/start/choices/", start.three_choices, name="three_choices"),
    path("sign-in/<str:token>/", doors.sign_in_link, name="sign_in_link"),
    path("language/", doors.language, name="language"),
]
