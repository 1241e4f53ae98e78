"""The work API, under /api/v1/work/."""

from django.urls import path

from labeling.api.labelers import OwnQualityView
from labeling.api.work import draft_versions, feedback, next, views

urlpatterns = [
    path("quality", OwnQualityView.as_view(), name="own_quality"),
    path("overview", views.OverviewView.as_view(), name="work_overview"),
    path("claims", views.ClaimsView.as_view(), name="work_claims"),
    path("claims/<uuid:claim_id>/heartbeat", views.HeartbeatView.as_view(), name="work_heartbeat"),
    path("claims/<uuid:claim_id>/draft", views.DraftView.as_view(), name="work_draft"),
    path(
        "claims/<uuid:claim_id>/draft/versions",
        draft_versions.DraftVersionsView.as_view(),
        name="work_draft_versions",
    ),
    path(
        "claims/<uuid:claim_id>/draft/versions/<uuid:version_id>",
        draft_versions.DraftVersionView.as_view(),
        name="work_draft_version",
    ),
    path("claims/<uuid:claim_id>/submit", views.SubmitView.as_view(), name="work_submit"),
    path("claims/<uuid:claim_id>/release", views.ReleaseView.as_view(), name="work_release"),
    path("claims/<uuid:claim_id>/decline", views.DeclineView.as_view(), name="work_decline"),
    path("claims/<uuid:claim_id>/image", views.ImageView.as_view(), name="work_image"),
    path("claims/<uuid:claim_id>/layers/<slug:layer>", views.LayerView.as_view(), name="work_layer"),
    path("claims/<uuid:claim_id>/next", next.NextView.as_view(), name="work_next"),
    path("claims/<uuid:claim_id>/next/<uuid:slot_id>/image", next.NextImageView.as_view(), name="work_next_image"),
    path("claims/<uuid:claim_id>/next/<uuid:slot_id>/draft", next.NextDraftView.as_view(), name="work_next_draft"),
    path("claims/<uuid:claim_id>/feedback", feedback.FeedbackView.as_view(), name="work_feedback"),
    path("claims/<uuid:claim_id>/feedback/photo", feedback.FeedbackPhotoView.as_view(), name="work_feedback_photo"),
    path("claims/<uuid:claim_id>/feedback/errors", feedback.FeedbackErrorsView.as_view(), name="work_feedback_errors"),
    path("claims/<uuid:claim_id>/segment", views.SegmentView.as_view(), name="work_segment"),
]
