"""Every address of the installation. WebSocket routes are in `asgi.py`."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView

from maskwright.config import views
from maskwright.organizations.admin_sites import operator_site
from maskwright.organizations.api.socket_tickets import SocketTickets

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.start, name="start"),
    path("work/", views.work, name="work"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("manage/", admin.site.urls),
    path("operator/", operator_site.urls),
    path("accounts/", include("allauth.urls")),
    path("", include("maskwright.organizations.urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/v1/socket-tickets", SocketTickets.as_view(), name="socket_tickets"),
    path("api/v1/", include("maskwright.organizations.api.urls")),
    path("api/v1/", include("workforce.api.urls")),
    path("api/v1/work/", include("labeling.api.work.urls")),
    path("api/v1/", include("labeling.api.urls")),
]

handler400 = views.bad_request
handler403 = views.permission_denied
handler404 = views.not_found
handler500 = views.server_error
