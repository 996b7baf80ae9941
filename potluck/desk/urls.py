from django.urls import path, re_path

from potluck.desk import views

app_name = "desk"
urlpatterns = [
    path("desk/", views.day, name="day"),
    path("desk/asking/<slug:key>/", views.asking, name="asking"),
    path("desk/greeting/<slug:handle>/", views.greeting, name="greeting"),
    re_path(r"^desk/(?P<what>asking|greeting)/(?P<key>[-\w]+)/people/$", views.people, name="people"),
]
