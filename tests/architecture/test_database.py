"""The database as migrated, read from its catalogue: what keeps tenants apart cannot be forgotten for a new table."""

import os
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

Query = Callable[[str], list[tuple[Any, ...]]]

#: Tables without `organization_id`, each with the reason why it is no tenant's.
GLOBAL = {
    "accounts_user": "people, who may be in several organizations",
    "accounts_socketticket": "see WITHOUT_POLICY",
    "accounts_apitoken": "see WITHOUT_POLICY",
    "accounts_user_groups": "Django's; unused",
    "accounts_user_user_permissions": "Django's; unused",
    "account_emailaddress": "django-allauth's: addresses of people",
    "account_emailconfirmation": "django-allauth's",
    "socialaccount_socialaccount": "django-allauth's: who an account is at its organization's identity provider",
    "socialaccount_socialapp": "django-allauth's; stays empty, providers are in organizations_identityprovider",
    "socialaccount_socialtoken": "django-allauth's; stays empty, tokens are not kept",
    "mfa_authenticator": "django-allauth's: second factors of people, encrypted",
    "auth_group": "Django's; unused",
    "auth_group_permissions": "Django's; unused",
    "auth_permission": "Django's; unused",
    "django_admin_log": "Django's; stays empty, audit events are the one history",
    "django_content_type": "Django's",
    "django_migrations": "Django's",
    "accounts_session": "people's browsers; which organization is chosen is read before anybody is in it",
    "django_session": "Django's own sessions; empty, ours are in accounts_session",
    "organizations_organization": "the tenants themselves; says no more than a name",
}
#: Tables with `organization_id` that are read before anybody is in an organization.
WITHOUT_POLICY = {
    "accounts_apitoken": "found by its hash before the organization is known",
    "accounts_socketticket": "found by its hash before the organization is known",
    "organizations_accesskey": "found by its id, which is no secret, before the organization is known",
    "organizations_invitation": "found by its hash; who opens it is in no organization yet",
}
#: Unique keys that may leave the organization out, besides primary keys.
KEYS_ACROSS_ORGANIZATIONS = {
    "accounts_apitoken_hash": "a random secret's hash, looked up without an organization",
    "accounts_socketticket_hash": "a random secret's hash, looked up without an organization",
    "organizations_accesskey_key_id": "a random id, looked up without an organization",
    "organizations_invitation_hash": "a random secret's hash, looked up without an organization",
    "workforce_workeridentity_worker_id": "one person for each pseudonym, whoever employs him",
    "labeling_labelingjob_work_queue_id": "one-to-one by random id; the foreign key names the organization",
    "labeling_jobfunctions_job_id": "one-to-one by random id; the foreign key names the organization",
    "labeling_labelingrequest_job_id": "one-to-one by random id; the foreign key names the organization",
    "labeling_teamdetail_work_team_id": "one-to-one by random id; the foreign key names the organization",
    "labeling_workforcedetail_workforce_id": "one-to-one by random id; the foreign key names the organization",
    "labeling_goldtask_task_id": "one-to-one by random id; the foreign key names the organization",
    "labeling_task_data_object_id": "one-to-one by random id; the foreign key names the organization",
    "labeling_task_work_item_id": "one-to-one by random id; the foreign key names the organization",
}

TABLES = """
SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity,
  array(SELECT p.polcmd::text FROM pg_policy p WHERE p.polrelid = c.oid) AS commands,
  EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'organization_id'
          AND NOT a.attisdropped) AS of_tenants,
  EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'organization_id'
          AND a.attnotnull) AS never_null
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p')
"""


def _tables(query: Query) -> dict[str, tuple[Any, ...]]:
    found = {row[0]: row[1:] for row in query(TABLES)}
    assert len(found) > 30
    return found


def _tenant_tables(query: Query) -> set[str]:
    return {name for name, row in _tables(query).items() if row[3]}


def test_every_table_is_a_tenants_or_says_why_not(as_superuser: Query) -> None:
    tables = _tables(as_superuser)
    assert {name for name, row in tables.items() if not row[3]} - set(GLOBAL) == set()
    assert {name for name, row in tables.items() if row[3] and not row[4]} == set()
    assert set(GLOBAL) | set(WITHOUT_POLICY) <= set(tables)


def test_row_level_security_is_on_and_forced_for_all_commands(as_superuser: Query) -> None:
    """FORCE, since the owner of a table would otherwise pass. Commands: r read, a add, w change, d delete."""
    wrong = {
        name: row
        for name, row in _tables(as_superuser).items()
        if row[3] and name not in WITHOUT_POLICY and not (row[0] and row[1] and {"r", "a", "w", "d"} <= set(row[2]))
    }
    assert wrong == {}


def test_no_policy_lets_everything_through(as_superuser: Query) -> None:
    policies = as_superuser(
        "SELECT polrelid::regclass::text, polcmd::text, coalesce(pg_get_expr(polqual, polrelid), ''),"
        " coalesce(pg_get_expr(polwithcheck, polrelid), ''), polpermissive FROM pg_policy"
    )
    for table, command, using, check, _ in policies:
        # A change is checked on both sides: which rows may be touched, and what they may become.
        assert using or command == "a", (table, command)
        assert check or command in ("r", "d"), (table, command)
        for condition in filter(None, (using, check)):
            assert "app_" in condition, (table, command, condition)


def test_the_serving_role_is_nobody_special(as_superuser: Query) -> None:
    name = urlsplit(os.environ["DATABASE_URL"]).username
    [role] = as_superuser(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication FROM pg_roles"
        f" WHERE rolname = '{name}'"
    )
    assert role == (False, False, False, False, False)
    assert as_superuser(f"SELECT relname FROM pg_class WHERE relowner = '{name}'::regrole") == []
    assert as_superuser(f"SELECT 1 FROM pg_auth_members WHERE member = '{name}'::regrole") == []
    [(may_create, may_truncate)] = as_superuser(
        f"SELECT has_schema_privilege('{name}', 'public', 'CREATE'),"
        f" has_table_privilege('{name}', 'audit_auditevent', 'TRUNCATE')"
    )
    assert (may_create, may_truncate) == (False, False)


def test_only_the_operations_role_sees_past_the_policies(as_superuser: Query) -> None:
    ops, owner = (urlsplit(os.environ[name]).username for name in ("DATABASE_OPS_URL", "DATABASE_OWNER_URL"))
    roles = as_superuser("SELECT rolname FROM pg_roles WHERE rolbypassrls AND NOT rolsuper")
    assert roles == [(ops,)]
    assert as_superuser(f"SELECT rolsuper FROM pg_roles WHERE rolname IN ('{ops}', '{owner}')") == [(False,), (False,)]


def test_what_happened_is_neither_changed_nor_deleted(as_superuser: Query) -> None:
    name = urlsplit(os.environ["DATABASE_URL"]).username
    [rights] = as_superuser(
        f"SELECT has_table_privilege('{name}', 'audit_auditevent', 'INSERT'),"
        f" has_table_privilege('{name}', 'audit_auditevent', 'UPDATE'),"
        f" has_table_privilege('{name}', 'audit_auditevent', 'DELETE')"
    )
    assert rights == (True, False, False)


@pytest.mark.parametrize(
    ("what", "sql"),
    [
        (
            "functions that run with their owner's rights",
            "SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
            " WHERE n.nspname = 'public' AND p.prosecdef AND p.proname <> 'workforce_pulse'",
        ),
        (
            "views that run with their owner's rights",
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public'"
            " AND c.relkind = 'v' AND NOT coalesce(c.reloptions, '{}') @> '{security_invoker=true}'",
        ),
        (
            "materialized views, which no policy reaches",
            "SELECT matviewname FROM pg_matviews WHERE schemaname = 'public'",
        ),
    ],
)
def test_nothing_goes_around_the_policies(as_superuser: Query, what: str, sql: str) -> None:
    assert as_superuser(sql) == [], what


def test_the_one_function_with_its_owners_rights_is_closed_in(as_superuser: Query) -> None:
    """`workforce_pulse`: a fixed search path, not for everybody, and policies that only its owner passes."""
    [(path, owner, everybody)] = as_superuser(
        "SELECT array_to_string(proconfig, ','), proowner::regrole::text,"
        " has_function_privilege('public', oid, 'EXECUTE') FROM pg_proc WHERE proname = 'workforce_pulse'"
    )
    assert (path, everybody) == ("search_path=pg_catalog, public, pg_temp", False)
    assert owner == urlsplit(os.environ["DATABASE_OWNER_URL"]).username
    roles = as_superuser("SELECT DISTINCT polroles::regrole[]::text FROM pg_policy WHERE polname = 'pulse_select'")
    assert roles == [(f"{{{owner}}}",)]
    open_to_all = as_superuser(
        "SELECT polrelid::regclass::text FROM pg_policy WHERE polroles = '{0}' AND polname <> ALL"
        " ('{tenant_select,tenant_insert,tenant_update,tenant_delete}')"
    )
    assert open_to_all == []


def test_a_key_between_two_tenant_tables_contains_the_organization(as_superuser: Query) -> None:
    keys = as_superuser(
        "SELECT k.conrelid::regclass::text, k.confrelid::regclass::text, array(SELECT a.attname::text"
        " FROM pg_attribute a WHERE a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey)) FROM pg_constraint k"
        " WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace"
    )
    tenants = _tenant_tables(as_superuser)
    between = [key for key in keys if {key[0], key[1]} <= tenants]
    assert len(between) > 20
    assert [key for key in between if "organization_id" not in key[2]] == []


def test_every_tenant_row_belongs_to_an_organization_there_is(as_superuser: Query) -> None:
    keys = as_superuser(
        "SELECT k.conrelid::regclass::text FROM pg_constraint k WHERE k.contype = 'f'"
        " AND k.confrelid = 'organizations_organization'::regclass"
    )
    without = _tenant_tables(as_superuser) - {row[0] for row in keys}
    # Audit events and messages outlive what they are about; tokens and tickets end with their user.
    assert without <= {"audit_auditevent", "core_outboxmessage", "accounts_apitoken", "accounts_socketticket"}


def test_unique_keys_start_with_the_organization(as_superuser: Query) -> None:
    """A key without it would tell one tenant, by an error, what another one has."""
    keys = as_superuser(
        "SELECT i.indrelid::regclass::text, c.relname,"
        " (SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = i.indrelid AND a.attnum = i.indkey[0])"
        " FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = 'public' AND i.indisunique AND NOT i.indisprimary"
    )
    tenants = _tenant_tables(as_superuser)
    across = {index for table, index, first in keys if table in tenants and first != "organization_id"}
    unexplained = {index for index in across if not index.startswith(tuple(KEYS_ACROSS_ORGANIZATIONS))}
    assert unexplained == set()


def test_the_scope_cannot_be_left_by_a_statement_of_the_application(as_superuser: Query) -> None:
    """The settings that policies read are set for one transaction only: nothing survives on a pooled connection."""
    functions = as_superuser(
        "SELECT p.proname, p.provolatile::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
        " WHERE n.nspname = 'public' AND p.proname LIKE 'app\\_%'"
    )
    assert {name for name, _ in functions} >= {"app_org", "app_user", "app_queues", "app_customers"}
    assert {volatile for _, volatile in functions} == {"s"}
