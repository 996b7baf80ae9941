from django.urls import path

from potluck.pages import views

app_name = "pages"
urlpatterns = [
    path("", views.home, name="home"),
    path("people/<slug:handle>/", views.person, name="person"),
    path("waiting/", views.waiting, name="waiting"),
    path("questions/", views.questions, name="questions"),
]
