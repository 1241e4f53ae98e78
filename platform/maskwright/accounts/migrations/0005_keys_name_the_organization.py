import django.db.models.deletion
from django.db import migrations, models

KEYS_SQL = """
ALTER TABLE accounts_apitoken ADD CONSTRAINT accounts_apitoken_org_id UNIQUE (organization_id, id);
ALTER TABLE accounts_apitoken ADD CONSTRAINT accounts_apitoken_parent_id_tenant FOREIGN KEY (organization_id, parent_id)
  REFERENCES accounts_apitoken (organization_id, id) DEFERRABLE INITIALLY IMMEDIATE;
ALTER TABLE accounts_socketticket ADD CONSTRAINT accounts_socketticket_api_token_id_tenant
  FOREIGN KEY (organization_id, api_token_id) REFERENCES accounts_apitoken (organization_id, id)
  DEFERRABLE INITIALLY IMMEDIATE;
"""
NO_KEYS_SQL = """
ALTER TABLE accounts_socketticket DROP CONSTRAINT accounts_socketticket_api_token_id_tenant;
ALTER TABLE accounts_apitoken DROP CONSTRAINT accounts_apitoken_parent_id_tenant;
ALTER TABLE accounts_apitoken DROP CONSTRAINT accounts_apitoken_org_id;
"""


class Migration(migrations.Migration):
    """A token and what was made with it are of one organization, which the key itself demands."""

    dependencies = [("accounts", "0004_language")]

    operations = [
        migrations.AlterField(
            model_name="apitoken",
            name="parent",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="children",
                to="accounts.apitoken",
            ),
        ),
        migrations.AlterField(
            model_name="socketticket",
            name="api_token",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="accounts.apitoken",
            ),
        ),
        migrations.RunSQL(KEYS_SQL, NO_KEYS_SQL),
    ]
