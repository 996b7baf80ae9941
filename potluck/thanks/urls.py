from django.urls import path

from potluck.thanks import views

app_name = "thanks"
urlpatterns = [
    path("thanks/", views.wall, name="wall"),
    path("thanks/new/", views.new, name="new"),
    path("thanks/people/", views.matches, name="matches"),
    path("thanks/<slug:key>/yes/", views.yes, name="yes"),
    path("thanks/<slug:key>/no/", views.no, name="no"),
    path("thanks/<slug:key>/offer/", views.offer, name="offer"),
    path("thanks/<slug:key>/offer/withdrawal/", views.offer_withdrawal, name="offer_withdrawal"),
    path("thanks/<slug:key>/card/", views.card, name="card"),
    path("people/<slug:handle>/thanks/", views.give, name="give"),
    path("people/<slug:handle>/wall/", views.of_person, name="of_person"),
    path("me/thanks/", views.mine, name="mine"),
]
