"""Management of labeling, under /api/v1/."""

from django.urls import URLPattern, path

from labeling.api import addresses, jobs, library, objects, queue, uploads, vendor

__all__ = ["addresses", "urlpatterns"]

urlpatterns: list[URLPattern] = [
    path("label-sets", library.LabelSetsView.as_view(), name="label_sets"),
    path("label-sets/<uuid:label_set_id>", library.LabelSetView.as_view(), name="label_set"),
    path("templates", library.TemplatesView.as_view(), name="templates"),
    path("templates/preview", library.TemplatePreviewView.as_view(), name="template_preview"),
    path("templates/<uuid:template_id>", library.TemplateView.as_view(), name="template"),
    path("storage-connections", library.ConnectionsView.as_view(), name="storage_connections"),
    path("storage-connections/<uuid:connection_id>", library.ConnectionView.as_view(), name="storage_connection"),
    path(
        "storage-connections/<uuid:connection_id>/test",
        library.ConnectionTestView.as_view(),
        name="storage_connection_test",
    ),
    path("uploads", uploads.UploadsView.as_view(), name="uploads"),
    path("uploads/<uuid:upload_id>", uploads.UploadView.as_view(), name="upload"),
    path("uploads/<uuid:upload_id>/files", uploads.UploadFilesView.as_view(), name="upload_files"),
    path("uploads/<uuid:upload_id>/files/<path:name>", uploads.UploadedFileView.as_view(), name="upload_file"),
    path(
        "uploads/<uuid:upload_id>/thumbnails/<path:name>",
        uploads.UploadThumbnailView.as_view(),
        name="upload_thumbnail",
    ),
    path("uploads/<uuid:upload_id>/complete", uploads.UploadCompleteView.as_view(), name="upload_complete"),
    path("jobs", jobs.JobsView.as_view(), name="jobs"),
    path("jobs/<uuid:job_id>", jobs.JobView.as_view(), name="job"),
    path("jobs/<uuid:job_id>/preflight", jobs.PreflightView.as_view(), name="job_preflight"),
    path("jobs/<uuid:job_id>/start", jobs.StartView.as_view(), name="job_start"),
    path("jobs/<uuid:job_id>/pause", jobs.PauseView.as_view(), name="job_pause"),
    path("jobs/<uuid:job_id>/resume", jobs.ResumeView.as_view(), name="job_resume"),
    path("jobs/<uuid:job_id>/stop", jobs.StopView.as_view(), name="job_stop"),
    path("jobs/<uuid:job_id>/progress", jobs.ProgressView.as_view(), name="job_progress"),
    path("jobs/<uuid:job_id>/queue", queue.QueueView.as_view(), name="job_queue"),
    path("jobs/<uuid:job_id>/queue/reassign", queue.ReassignView.as_view(), name="job_reassign"),
    path("jobs/<uuid:job_id>/objects", objects.ObjectsView.as_view(), name="job_objects"),
    path("jobs/<uuid:job_id>/output/manifest", jobs.OutputManifestView.as_view(), name="job_output_manifest"),
    path("jobs/<uuid:job_id>/output/download", jobs.DownloadView.as_view(), name="job_output_download"),
    path("objects/<uuid:object_id>", objects.ObjectView.as_view(), name="object"),
    path("objects/<uuid:object_id>/image", objects.ObjectImageView.as_view(), name="object_image"),
    path("objects/<uuid:object_id>/thumbnail", objects.ObjectThumbnailView.as_view(), name="object_thumbnail"),
    path("objects/<uuid:object_id>/mask", objects.ObjectMaskView.as_view(), name="object_mask"),
    path("objects/<uuid:object_id>/disagreement", objects.ObjectDisagreementView.as_view(), name="object_disagreement"),
    path("objects/<uuid:object_id>/retry", objects.ObjectRetryView.as_view(), name="object_retry"),
    path("objects/<uuid:object_id>/keep", queue.KeepView.as_view(), name="object_keep"),
    path("objects/<uuid:object_id>/put-back", queue.PutBackView.as_view(), name="object_put_back"),
    path("objects/<uuid:object_id>/give-up", queue.GiveUpView.as_view(), name="object_give_up"),
    path("annotations/<uuid:annotation_id>/mask", objects.AnnotationMaskView.as_view(), name="annotation_mask"),
    path("jobs/<uuid:job_id>/grants", vendor.JobGrantsView.as_view(), name="job_grants"),
    path("granted-jobs", jobs.GrantedJobsView.as_view(), name="granted_jobs"),
    path("granted-jobs/<uuid:job_id>", jobs.GrantedJobView.as_view(), name="granted_job"),
]
