"""Included by a process that serves a demo house, and by no other (``potluck/urls.py``)."""

from __future__ import annotations

from django.urls import path

from potluck.demo import views

app_name = "demo"

urlpatterns = [
    path("chairs/", views.chairs, name="chairs"),
    path("chairs/<slug:name>/", views.sit, name="sit"),
]
