from django.urls import path

from potluck.welcome import views

app_name = "welcome"
urlpatterns = [
    path("welcome/", views.newcomers, name="newcomers"),
    path("people/<slug:handle>/greeting/", views.greet, name="greet"),
]
