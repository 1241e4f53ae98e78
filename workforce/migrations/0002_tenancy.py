from django.db import migrations

from maskwright.core.tenancy_operations import SecureTenantTable


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0002_scope_functions"),
        ("organizations", "0002_tenancy"),
        ("workforce", "0001_initial"),
    ]

    operations = [
        SecureTenantTable("Workforce", "own"),
        SecureTenantTable("WorkTeam", "own"),
        SecureTenantTable("TeamMember", "own"),
        SecureTenantTable("Worker", "worker"),
        SecureTenantTable("WorkerIdentity", "own"),
        SecureTenantTable("WorkQueue", "granted_queue"),
        SecureTenantTable("WorkItem", "granted_read"),
        SecureTenantTable("Slot", "granted_write"),
        SecureTenantTable("Claim", "granted_write"),
        SecureTenantTable("WorkGrant", "two_sided"),
        SecureTenantTable("GrantStaffing", "own"),
    ]
