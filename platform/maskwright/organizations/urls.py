"""Pages of people between organizations."""

from django.urls import path

from maskwright.organizations import views

urlpatterns = [
    path("organizations/choose/", views.choose_organization, name="organization_choose"),
    path("invitations/<str:secret>/", views.accept, name="invitation_accept"),
]
