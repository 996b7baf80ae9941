"""Addresses of acts and their talk. An act's own page shows its talk, so all of them are here; taking one back is in
acts/views.py."""

from django.urls import include, path

from potluck.acts import views as acts
from potluck.talk import views

of_acts = [
    path("acts/<slug:key>/", views.act, name="act"),
    path("acts/<slug:key>/withdrawal/", acts.withdrawal, name="withdrawal"),
    path("acts/<slug:key>/return/", acts.put_back, name="return"),
    path("me/withdrawn/", acts.withdrawn, name="withdrawn"),
]
of_talk = [
    path("acts/<slug:key>/comments/", views.comments, name="comments"),
    path("acts/<slug:key>/comments/new/", views.new_comment, name="new-comment"),
    path("acts/<slug:key>/reactions/", views.reactions, name="reactions"),
    path("acts/<slug:key>/helped/", views.helped, name="helped"),
    path("acts/<slug:key>/helped/withdrawal/", views.helped_withdrawal, name="helped-withdrawal"),
]
urlpatterns = [path("", include((of_acts, "acts"))), path("", include((of_talk, "talk")))]
