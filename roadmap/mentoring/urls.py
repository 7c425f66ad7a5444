from django.urls import path

from . import home_views, invitation_views, review_views, sign_off_views

app_name = "mentoring"

urlpatterns = [
    path("invitations/<str:token>/", invitation_views.invitation, name="invitation"),
    path("join/<str:link>/", invitation_views.join_cohort, name="join_cohort"),
    path("", home_views.home, name="home"),
    path("mentees.csv", home_views.mentees_file, name="mentees_file"),
    path("cohorts/<str:id>/", home_views.cohort, name="cohort"),
    path("cohorts/<str:id>/mentees.csv", home_views.cohort_file, name="cohort_file"),
    path("learners/<slug:handle>/", home_views.learner, name="learner"),
    path("learners/<slug:handle>/next-step/", home_views.agree_step, name="agree_step"),
    path("learners/<slug:handle>/notes/", home_views.add_note, name="add_note"),
    path("learners/<slug:handle>/notes/<int:id>/delete/", home_views.delete_note, name="delete_note"),
    path("learners/<slug:handle>/skills/<slug:slug>/confirm/", sign_off_views.confirm_skill, name="confirm_skill"),
    path("learners/<slug:handle>/skills/<slug:slug>/withdraw/", sign_off_views.withdraw_sign_off, name="withdraw_sign_off"),
    path("learners/<slug:handle>/projects/<str:id>/", review_views.learner_project, name="learner_project"),
    path("reviews/<str:id>/", review_views.review, name="review"),
    path("reviews/<str:id>/draft/", review_views.save_draft, name="save_draft"),
    path("reviews/<str:id>/comments/", review_views.keep_comment, name="keep_comment"),
    path("reviews/<str:id>/comments/<int:comment>/delete/", review_views.delete_comment, name="delete_comment"),
    path("reviews/<str:id>/reply/", review_views.reply, name="reply"),
    path("reviews/<str:id>/withdraw/", review_views.withdraw_review, name="withdraw_review"),
    path("reviews/<str:id>/phrases/", review_views.save_phrase, name="save_phrase"),
    path("reviews/<str:id>/phrases/<int:phrase>/delete/", review_views.delete_phrase, name="delete_phrase"),
]
