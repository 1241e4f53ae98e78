import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import maskwright.core.ids

KEYS_SQL = """
ALTER TABLE organizations_accesskey ADD CONSTRAINT organizations_accesskey_org_id UNIQUE (organization_id, id);
ALTER TABLE organizations_accesskey ADD CONSTRAINT organizations_accesskey_parent_id_tenant
  FOREIGN KEY (organization_id, parent_id) REFERENCES organizations_accesskey (organization_id, id)
  DEFERRABLE INITIALLY IMMEDIATE;
ALTER TABLE organizations_accesskey ADD CONSTRAINT organizations_accesskey_api_token_id_tenant
  FOREIGN KEY (organization_id, api_token_id) REFERENCES accounts_apitoken (organization_id, id)
  DEFERRABLE INITIALLY IMMEDIATE;
"""
NO_KEYS_SQL = """
ALTER TABLE organizations_accesskey DROP CONSTRAINT organizations_accesskey_api_token_id_tenant;
ALTER TABLE organizations_accesskey DROP CONSTRAINT organizations_accesskey_parent_id_tenant;
ALTER TABLE organizations_accesskey DROP CONSTRAINT organizations_accesskey_org_id;
"""


class Migration(migrations.Migration):
    """No row-level security: a key is found by its id before any organization is known, as an API token is."""

    dependencies = [
        ("accounts", "0007_sessions"),
        ("organizations", "0005_second_factor"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AccessKey",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=maskwright.core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                ("key_id", models.CharField(max_length=20, unique=True)),
                ("secret", models.BinaryField()),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), null=True, size=None
                    ),
                ),
                ("session_hash", models.CharField(blank=True, default="", max_length=64)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("expires_at", models.DateTimeField(null=True)),
                ("last_used_at", models.DateTimeField(null=True)),
                ("disabled_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "api_token",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.apitoken",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="organizations.organization",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="children",
                        to="organizations.accesskey",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.RunSQL(KEYS_SQL, NO_KEYS_SQL),
    ]
