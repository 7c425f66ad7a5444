"""The addresses of one's own projects."""

from django.urls import path

from . import views

app_name = "portfolio"

urlpatterns = [
    path("", views.project_list, name="project_list"),
    path("new/", views.attach_project, name="attach_project"),
    path("<str:id>/", views.project, name="project"),
    path("<str:id>/reading/", views.reading, name="reading"),
    path("<str:id>/inspect/", views.inspect_project, name="inspect_project"),
    path("<str:id>/evidence/", views.answer_evidence, name="answer_evidence"),
    path("<str:id>/edit/", views.edit_project, name="edit_project"),
    path("<str:id>/write-up/", views.write_up, name="write_up"),
    path("<str:id>/finish/", views.finish_project, name="finish_project"),
    path("<str:id>/archive/", views.archive_project, name="archive_project"),
    path("<str:id>/delete/", views.delete_project, name="delete_project"),
    path("<str:id>/restore/", views.restore_project, name="restore_project"),
]
