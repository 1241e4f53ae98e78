from django.db import migrations, models

#: By which the sweeper finds out whether a row names a blob: model, column, index.
_BLOBS = (
    ("annotation", "sha256", "annotation_blob"),
    ("consolidatedannotation", "sha256", "consolidated_blob"),
    ("consolidatedannotation", "disagreement_sha256", "consolidated_heat_blob"),
    ("uploadedfile", "sha256", "uploaded_file_blob"),
    ("dataobject", "image_sha256", "data_object_photo"),
)


class Migration(migrations.Migration):
    dependencies = [
        ("labeling", "0003_consolidation_times"),
    ]

    operations = [
        migrations.AddIndex(model_name=model, index=models.Index(fields=["organization_id", column], name=name))
        for model, column, name in _BLOBS
    ]
