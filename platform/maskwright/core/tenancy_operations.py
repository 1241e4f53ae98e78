"""Migration operations that make a table a tenant's: row-level security and composite keys.

`SecureTenantTable("Slot", policy="granted_write")` reads the model's state at that point of the history, so one
operation covers the unique key `(organization_id, id)`, every `TenantForeignKey` and the policies.
"""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from maskwright.core.models import TenantForeignKey, TenantOneToOneField

# Each function stands in a sub-select, which the planner evaluates once a statement instead of once a row
# (measured by benchmarks/bench_tenancy.py).
ORGANIZATION = "(SELECT app_org())"
OWN = f"organization_id = {ORGANIZATION}"
QUEUES = "ANY ((SELECT app_queues())::uuid[])"
CUSTOMERS = "ANY ((SELECT app_customers())::uuid[])"
QUEUE = f"work_queue_id = {QUEUES}"

#: policy name -> (may be read, may be written); each is one SQL condition on the row.
POLICIES: dict[str, tuple[str, str]] = {
    # Nobody but the organization itself.
    "own": (OWN, OWN),
    # A vendor with a live grant for the work queue may read.
    "granted_read": (f"{OWN} OR {QUEUE}", OWN),
    # The queue itself.
    "granted_queue": (f"{OWN} OR id = {QUEUES}", OWN),
    # ... and write: the composite foreign key ties `organization_id` to the queue's owner.
    "granted_write": (f"{OWN} OR {QUEUE}", f"{OWN} OR {QUEUE}"),
    # Work to do after a commit: ids only, so a vendor may also see what it wrote for its customers.
    "outbox": (
        f"{OWN} OR organization_id = {CUSTOMERS}",
        f"{OWN} OR organization_id = {CUSTOMERS}",
    ),
    # Read by the owner only; a vendor may add rows for the customers of its live grants (audit).
    "granted_insert": (OWN, f"{OWN} OR organization_id = {CUSTOMERS}"),
    # Rows that carry both sides of an agreement.
    "two_sided": (f"{OWN} OR vendor_id = {ORGANIZATION}", f"{OWN} OR vendor_id = {ORGANIZATION}"),
    # The vendor's side of the customer's rows: read for ever, added while a grant for the work queue lives.
    "vendor_append": (f"{OWN} OR vendor_id = {ORGANIZATION}", f"{OWN} OR (vendor_id = {ORGANIZATION} AND {QUEUE})"),
    # The customer's rows about a vendor, which reads them.
    "vendor_read": (f"{OWN} OR vendor_id = {ORGANIZATION}", OWN),
    # A customer sees its workers; a vendor those it staffs, whom it may add for its live customers only.
    "worker": (
        f"{OWN} OR vendor_id = {ORGANIZATION}",
        f"{OWN} OR (vendor_id = {ORGANIZATION} AND organization_id = {CUSTOMERS})",
    ),
    # Memberships: the organization's, and the user's own in every organization (to choose one).
    "membership": (f"{OWN} OR user_id = (SELECT app_user())", OWN),
}

FUNCTIONS_SQL = """
CREATE FUNCTION app_org() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT nullif(current_setting('app.org', true), '')::uuid $$;
CREATE FUNCTION app_user() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT nullif(current_setting('app.user', true), '')::uuid $$;
CREATE FUNCTION app_queues() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT string_to_array(nullif(current_setting('app.queues', true), ''), ',')::uuid[] $$;
CREATE FUNCTION app_customers() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT string_to_array(nullif(current_setting('app.customers', true), ''), ',')::uuid[] $$;
"""

DROP_FUNCTIONS_SQL = "DROP FUNCTION app_org(), app_user(), app_queues(), app_customers();"


class SecureTenantTable(Operation):
    """Add the tenant's keys and policies to a table that already exists; `name` may be `app.Model`."""

    reversible = True

    def __init__(self, name: str, policy: str, *, organization_key: bool = True, composite_keys: bool = True) -> None:
        self.name = name
        self.policy = policy
        self.organization_key = organization_key
        self.composite_keys = composite_keys

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        options = {"organization_key": self.organization_key, "composite_keys": self.composite_keys}
        return (type(self).__name__, [self.name, self.policy], {k: v for k, v in options.items() if v is not True})

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The model's Django state does not change."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        label, _, name = self.name.rpartition(".")
        model = to_state.apps.get_model(label or app_label, name)
        table = model._meta.db_table
        if self.composite_keys:
            schema_editor.execute(f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_org_id" UNIQUE (organization_id, id)')
        if self.organization_key:
            self._add_key(schema_editor, table, "organization_id", "organizations_organization", "id")
        for field in model._meta.local_fields:
            if isinstance(field, TenantForeignKey | TenantOneToOneField):
                target = field.related_model._meta.db_table
                self._add_key(schema_editor, table, f"organization_id, {field.column}", target, "organization_id, id")
        for statement in policy_sql(table, self.policy):
            schema_editor.execute(statement)

    @staticmethod
    def _add_key(editor: BaseDatabaseSchemaEditor, table: str, columns: str, target: str, target_columns: str) -> None:
        name = f"{table}_{columns.split(', ')[-1]}_tenant"[:63]
        editor.execute(
            f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" FOREIGN KEY ({columns})'
            f' REFERENCES "{target}" ({target_columns}) DEFERRABLE INITIALLY IMMEDIATE'
        )

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Nothing to undo alone: reversing goes on to drop the table, and constraints and policies go with it."""

    def describe(self) -> str:
        return f"Secure tenant table {self.name} ({self.policy})"


class AddTenantKeys(Operation):
    """The composite constraints of `TenantForeignKey`s that a later migration added to a secured table."""

    reversible = True

    def __init__(self, name: str, *fields: str) -> None:
        self.name = name
        self.fields = fields

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return (type(self).__name__, [self.name, *self.fields], {})

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The model's Django state does not change."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        model = to_state.apps.get_model(app_label, self.name)
        for name in self.fields:
            field = model._meta.get_field(name)
            target = field.related_model._meta.db_table
            columns = f"organization_id, {field.column}"
            SecureTenantTable._add_key(schema_editor, model._meta.db_table, columns, target, "organization_id, id")

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Nothing to undo alone: reversing goes on to drop the columns, and their constraints go with them."""

    def describe(self) -> str:
        return f"Add tenant keys to {self.name} ({', '.join(self.fields)})"


def policy_sql(table: str, policy: str) -> list[str]:
    """The statements that switch row-level security on, also for the table's owner (FORCE), and set the policies."""
    readable, writable = POLICIES[policy]
    return [
        f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
        f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY',
        f'CREATE POLICY tenant_select ON "{table}" FOR SELECT USING ({readable})',
        f'CREATE POLICY tenant_insert ON "{table}" FOR INSERT WITH CHECK ({writable})',
        f'CREATE POLICY tenant_update ON "{table}" FOR UPDATE USING ({writable}) WITH CHECK ({writable})',
        f'CREATE POLICY tenant_delete ON "{table}" FOR DELETE USING ({OWN})',
    ]
