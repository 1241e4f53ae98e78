from django.db import migrations

from maskwright.core.tenancy_operations import SecureTenantTable


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0002_scope_functions"),
        ("workforce", "0002_tenancy"),
        ("labeling", "0001_initial"),
    ]

    operations = [
        SecureTenantTable("LabelSet", "own"),
        SecureTenantTable("LabelSetVersion", "own"),
        SecureTenantTable("TaskTemplate", "own"),
        SecureTenantTable("TaskTemplateVersion", "own"),
        SecureTenantTable("StorageConnection", "own"),
        SecureTenantTable("Upload", "own"),
        SecureTenantTable("UploadedFile", "own"),
        SecureTenantTable("LabelingJob", "granted_read"),
        SecureTenantTable("JobRevision", "granted_read"),
        SecureTenantTable("DataObject", "granted_read"),
        SecureTenantTable("Task", "granted_read"),
        SecureTenantTable("Draft", "granted_write"),
        SecureTenantTable("Annotation", "granted_write"),
        SecureTenantTable("ConsolidatedAnnotation", "own"),
    ]
