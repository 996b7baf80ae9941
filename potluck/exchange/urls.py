from __future__ import annotations

from django.urls import path

from potluck.exchange import views

app_name = "exchange"

urlpatterns = [
    path("house/imports/", views.imports, name="imports"),
    path("house/imports/uploads/", views.uploads, name="uploads"),
    path("house/imports/uploads/<slug:key>/", views.upload, name="upload"),
    path("house/imports/<slug:key>/withdrawal/", views.withdrawal, name="withdrawal"),
]
