from django.urls import path

from .overview import views as overview
from .relation import views as relation
from .reviews import views as reviews
from .sign_offs import views as sign_offs

app_name = "mentoring"

urlpatterns = [
    path("invitations/<str:token>/", relation.invitation, name="invitation"),
    path("join/<str:link>/", relation.join_cohort, name="join_cohort"),
    path("", overview.home, name="home"),
    path("mentees.csv", overview.mentees_file, name="mentees_file"),
    path("cohorts/<str:id>/", overview.cohort, name="cohort"),
    path("cohorts/<str:id>/mentees.csv", overview.cohort_file, name="cohort_file"),
    path("learners/<slug:handle>/", overview.learner, name="learner"),
    path("learners/<slug:handle>/next-step/", overview.agree_step, name="agree_step"),
    path("learners/<slug:handle>/notes/", overview.add_note, name="add_note"),
    path("learners/<slug:handle>/notes/<int:id>/delete/", overview.delete_note, name="delete_note"),
    path("learners/<slug:handle>/skills/<slug:slug>/confirm/", sign_offs.confirm_skill, name="confirm_skill"),
    path("learners/<slug:handle>/skills/<slug:slug>/withdraw/", sign_offs.withdraw_sign_off, name="withdraw_sign_off"),
    path("learners/<slug:handle>/projects/<str:id>/", reviews.learner_project, name="learner_project"),
    path("reviews/<str:id>/", reviews.review, name="review"),
    path("reviews/<str:id>/draft/", reviews.save_draft, name="save_draft"),
    path("reviews/<str:id>/comments/", reviews.keep_comment, name="keep_comment"),
    path("reviews/<str:id>/comments/<int:comment>/delete/", reviews.delete_comment, name="delete_comment"),
    path("reviews/<str:id>/reply/", reviews.reply, name="reply"),
    path("reviews/<str:id>/withdraw/", reviews.withdraw_review, name="withdraw_review"),
    path("reviews/<str:id>/phrases/", reviews.save_phrase, name="save_phrase"),
    path("reviews/<str:id>/phrases/<int:phrase>/delete/", reviews.delete_phrase, name="delete_phrase"),
]
