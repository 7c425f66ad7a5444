from django.urls import path

from . import shelf_views, views

app_name = "resources"
urlpatterns = [
    path("", views.resource_list, name="resource_list"),
    path("shelf/", shelf_views.shelf, name="shelf"),
    path("shelf/<slug:slug>/", shelf_views.put_on_shelf, name="put_on_shelf"),
    path("own/<slug:slug>/add/", shelf_views.add_own_link, name="add_own_link"),
    path("own/<int:id>/read/", shelf_views.read_own_link, name="read_own_link"),
    path("own/<int:id>/drop/", shelf_views.drop_own_link, name="drop_own_link"),
]
