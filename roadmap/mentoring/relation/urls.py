"""The pages of settings that are about mentors and mentees."""

from django.urls import path

from . import views

app_name = "relation"

urlpatterns = [
    path("mentors/", views.mentors, name="mentors"),
    path("mentors/looks/", views.looks, name="looks"),
    path("mentors/<str:id>/scopes/", views.change_scopes, name="change_scopes"),
    path("mentees/", views.mentees, name="mentees"),
    path("mentees/profile/", views.save_mentor_profile, name="save_mentor_profile"),
    path("mentees/cohorts/", views.create_cohort, name="create_cohort"),
    path("mentees/cohorts/<str:id>/close/", views.close_cohort, name="close_cohort"),
    path("mentees/cohorts/<str:id>/renew/", views.renew_link, name="renew_link"),
    path("mentees/<str:id>/hand-over/", views.hand_over, name="hand_over"),
    path("mentorships/<str:id>/end/", views.end_mentorship, name="end_mentorship"),
    path("invitations/<str:token>/withdraw/", views.withdraw_invitation, name="withdraw_invitation"),
]
