from django.urls import path

from . import note_views, reset_views, views

app_name = "progress"
urlpatterns = [
    path("merge/", views.merge, name="merge"),
    path("merge/add/", views.merge_marks, name="merge_marks"),
    path("merge/drop/", views.drop_marks, name="drop_marks"),
    path("notes/", note_views.note_list, name="note_list"),
    path("notes/<slug:slug>/", note_views.note, name="note"),
    path("begin-anew/", reset_views.begin_anew, name="begin_anew"),
    path("begin-anew/<int:id>/take-back/", reset_views.take_back, name="take_back"),
]
