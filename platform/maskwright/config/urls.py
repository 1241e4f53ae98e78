"""Every address of the installation. WebSocket routes are in `asgi.py`."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView

from labeling import frames
from labeling.sagemaker.view import endpoint
from maskwright.config import views, work_pages
from maskwright.organizations import oidc_views
from maskwright.organizations.admin_sites import operator_site
from maskwright.organizations.api.socket_tickets import SocketTickets

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.root, name="start"),
    path("sagemaker/", endpoint, name="sagemaker"),
    path("sagemaker", endpoint, name="sagemaker_bare"),
    path("work/", views.work, name="work"),
    path("work/frames/<uuid:claim_id>/", frames.claim, name="frame"),
    path("work/frames/jobs/<uuid:job_id>/", frames.job, name="job_frame"),
    path("work/frames/previews/<uuid:preview_id>/", frames.preview, name="preview_frame"),
    path("work/files/<str:ticket>/<str:token>", frames.file, name="granted_file"),
    path("work/time/", work_pages.my_time, name="my_time"),
    path("work/pay/", work_pages.my_pay, name="my_pay"),
    path("work/pay/<uuid:statement_id>/", work_pages.my_statement, name="my_statement"),
    path("work/quality/", work_pages.my_quality, name="my_quality"),
    path("work/notices/", work_pages.my_notices, name="my_notices"),
    path("work/settings/", work_pages.my_settings, name="my_settings"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("manage/", admin.site.urls),
    path("operator/", operator_site.urls),
    path("accounts/password/set/", oidc_views.no_password, name="account_set_password"),
    path("accounts/3rdparty/", oidc_views.no_connections, name="socialaccount_connections"),
    path("accounts/oidc/<str:provider_id>/login/", oidc_views.login, name="openid_connect_login"),
    path("accounts/oidc/<str:provider_id>/login/callback/", oidc_views.callback, name="openid_connect_callback"),
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
handler429 = "maskwright.config.views.too_many_requests"  # allauth imports it by this name
handler500 = views.server_error
