from django.db import migrations

from maskwright.core.tenancy_operations import SecureTenantTable

APPEND_ONLY_SQL = """
CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit events are never changed or deleted';
END $$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit_auditevent
  FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
"""

DROP_APPEND_ONLY_SQL = """
DROP TRIGGER audit_append_only ON audit_auditevent;
DROP FUNCTION audit_is_append_only();
"""


class Migration(migrations.Migration):
    """Also for the tables of `core` and `audit`, which know the tenant only as an id and come before it."""

    dependencies = [
        ("core", "0002_scope_functions"),
        ("audit", "0001_initial"),
        ("organizations", "0001_initial"),
    ]

    operations = [
        SecureTenantTable("core.OutboxMessage", "outbox", composite_keys=False),
        SecureTenantTable("audit.AuditEvent", "granted_insert", composite_keys=False),
        SecureTenantTable("Membership", "membership"),
        migrations.RunSQL(APPEND_ONLY_SQL, DROP_APPEND_ONLY_SQL),
    ]
