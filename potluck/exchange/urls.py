from __future__ import annotations

from django.urls import path

from potluck.exchange import views

app_name = "exchange"

urlpatterns = [path("house/imports/", views.imports, name="imports")]
