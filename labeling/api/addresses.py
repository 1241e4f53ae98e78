"""Which objects the addresses of labeling name (see `maskwright.core.api.visibility`)."""

from labeling import models
from maskwright.core.api.visibility import names

names("withdrawal_id", lambda pk: models.Withdrawal.objects.filter(pk=pk).exists())
names("job_id", lambda pk: models.LabelingJob.objects.filter(pk=pk).exists())
names("object_id", lambda pk: models.DataObject.objects.filter(pk=pk).exists())
names("annotation_id", lambda pk: models.Annotation.objects.filter(pk=pk).exists())
names("label_set_id", lambda pk: models.LabelSet.objects.filter(pk=pk).exists())
names("template_id", lambda pk: models.TaskTemplate.objects.filter(pk=pk).exists())
names("connection_id", lambda pk: models.StorageConnection.objects.filter(pk=pk).exists())
names("version_id", lambda pk: models.DraftVersion.objects.filter(pk=pk).exists())
names("gold_id", lambda pk: models.GoldTask.objects.filter(pk=pk).exists())
names("event_id", lambda pk: models.QualityEvent.objects.filter(pk=pk).exists())
names("upload_id", lambda pk: models.Upload.objects.filter(pk=pk).exists())
names("function_id", lambda pk: models.LabelingFunction.objects.filter(pk=pk).exists())
