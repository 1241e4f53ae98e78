"""Pages of people between organizations."""

from django.urls import path

from maskwright.organizations import language, oidc_views, rights, views

urlpatterns = [
    path("sso/", oidc_views.choose, name="sso"),
    path("sso/<slug:slug>/", oidc_views.of_organization, name="sso_organization"),
    path("organizations/choose/", views.choose_organization, name="organization_choose"),
    path("organizations/rights/", rights.rights_page, name="rights"),
    path("language/", language.choose_language, name="language"),
    path("invitations/<str:secret>/", views.accept, name="invitation_accept"),
]
