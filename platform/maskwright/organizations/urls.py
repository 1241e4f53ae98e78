"""Pages of people between organizations."""

from django.urls import path

from maskwright.organizations import language, views

urlpatterns = [
    path("organizations/choose/", views.choose_organization, name="organization_choose"),
    path("language/", language.choose_language, name="language"),
    path("invitations/<str:secret>/", views.accept, name="invitation_accept"),
]
