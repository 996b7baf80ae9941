from django.urls import path

from potluck.posts import views

app_name = "posts"
urlpatterns = [
    path("posts/new/", views.new, name="new"),
    path("posts/", views.posts, name="posts"),
]
