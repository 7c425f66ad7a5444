"""The pages of settings that are about mentors and mentees."""

from django.urls import path

from . import invitation_views

app_name = "relation"

urlpatterns = [
    path("mentors/", invitation_views.mentors, name="mentors"),
    path("mentors/looks/", invitation_views.looks, name="looks"),
    path("mentors/<str:id>/scopes/", invitation_views.change_scopes, name="change_scopes"),
    path("mentees/", invitation_views.mentees, name="mentees"),
    path("mentees/profile/", invitation_views.save_mentor_profile, name="save_mentor_profile"),
    path("mentees/cohorts/", invitation_views.create_cohort, name="create_cohort"),
    path("mentees/cohorts/<str:id>/close/", invitation_views.close_cohort, name="close_cohort"),
    path("mentees/cohorts/<str:id>/renew/", invitation_views.renew_link, name="renew_link"),
    path("mentees/<str:id>/hand-over/", invitation_views.hand_over, name="hand_over"),
    path("mentorships/<str:id>/end/", invitation_views.end_mentorship, name="end_mentorship"),
    path("invitations/<str:token>/withdraw/", invitation_views.withdraw_invitation, name="withdraw_invitation"),
]
