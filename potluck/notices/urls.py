from __future__ import annotations

from django.urls import path

from potluck.notices import views

app_name = "notices"
urlpatterns = [
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/seen/", views.seen, name="seen"),
    path("inbox/<slug:key>/", views.opened, name="opened"),
    path("me/mail/", views.by_mail, name="mail"),
    path("unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
]
