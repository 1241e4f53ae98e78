from django.db import migrations

TABLES = (
    "organizations_membership",
    "workforce_teammember",
    "workforce_workeridentity",
    "workforce_workgrant",
    "workforce_grantstaffing",
    "workforce_workqueue",
)

# The policies name the owner alone: for `app`, whatever it sets, nothing changes, neither in what it sees nor in its
# plans. The owner sees the rows only inside the function, which switches the setting on for itself.
POLICIES_SQL = """
CREATE FUNCTION app_pulse() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT coalesce(current_setting('app.pulse', true), '') = 'on' $$;
""" + "".join(
    f"CREATE POLICY pulse_select ON {table} FOR SELECT TO CURRENT_USER USING ((SELECT app_pulse()));\n"
    for table in TABLES
)

FUNCTION_SQL = """
CREATE FUNCTION workforce_pulse(orgs uuid[], users uuid[], subject_orgs uuid[], subjects uuid[])
  RETURNS TABLE (kind text, org uuid, person uuid, value uuid, version integer)
  LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, public, pg_temp
  AS $$
BEGIN
  PERFORM set_config('app.pulse', 'on', true);
  RETURN QUERY
  WITH pair AS MATERIALIZED (
    SELECT DISTINCT p.org, p.person FROM unnest(orgs, users) AS p(org, person)
  ), granted AS MATERIALIZED (
    SELECT DISTINCT g.vendor_id, g.work_queue_id FROM public.workforce_workgrant g
    WHERE g.vendor_id IN (SELECT unnest(orgs)) AND g.state = 'accepted' AND g.revoked_at IS NULL
      AND (g.starts_at IS NULL OR g.starts_at <= clock_timestamp())
      AND (g.expires_at IS NULL OR g.expires_at > clock_timestamp())
  ), team AS MATERIALIZED (
    SELECT p.org, p.person, t.work_team_id FROM pair p
    JOIN public.workforce_teammember t ON t.organization_id = p.org AND t.user_id = p.person
  )
  SELECT CASE WHEN o.is_vendor THEN 'vendor' ELSE 'member' END, p.org, p.person, NULL::uuid, m.version
  FROM pair p
  JOIN public.organizations_membership m ON m.organization_id = p.org AND m.user_id = p.person
  JOIN public.organizations_organization o ON o.id = p.org
  WHERE m.is_active AND o.is_active
  UNION ALL
  SELECT 'team', t.org, t.person, t.work_team_id, 0 FROM team t
  UNION ALL
  SELECT 'worker', p.org, p.person, i.worker_id, 0 FROM pair p
  JOIN public.workforce_workeridentity i ON i.organization_id = p.org AND i.user_id = p.person
  UNION ALL
  SELECT 'queue', t.org, t.person, q.id, q.version FROM team t
  JOIN public.workforce_workqueue q ON q.organization_id = t.org AND q.work_team_id = t.work_team_id
  WHERE q.state <> 'closed'
  UNION ALL
  SELECT 'queue', t.org, t.person, q.id, q.version FROM team t
  JOIN public.workforce_grantstaffing s ON s.organization_id = t.org AND s.work_team_id = t.work_team_id
  JOIN granted g ON g.vendor_id = s.organization_id AND g.work_queue_id = s.work_queue_id
  JOIN public.workforce_workqueue q ON q.id = s.work_queue_id
  WHERE q.state <> 'closed'
  UNION ALL
  SELECT 'subject', w.org, NULL::uuid, q.id, q.version FROM unnest(subject_orgs, subjects) AS w(org, subject)
  JOIN public.workforce_workqueue q ON q.id = w.subject
  WHERE q.organization_id = w.org
    OR EXISTS (SELECT 1 FROM granted g WHERE g.vendor_id = w.org AND g.work_queue_id = q.id);
  PERFORM set_config('app.pulse', '', true);
END $$;
REVOKE EXECUTE ON FUNCTION workforce_pulse(uuid[], uuid[], uuid[], uuid[]) FROM PUBLIC;
"""

BACK_SQL = (
    "DROP FUNCTION workforce_pulse(uuid[], uuid[], uuid[], uuid[]);\n"
    + "".join(f"DROP POLICY pulse_select ON {table};\n" for table in TABLES)
    + "DROP FUNCTION app_pulse();\n"
)


class Migration(migrations.Migration):
    """One function that compares all open sockets of a process with the database: ids and versions, nothing else."""

    dependencies = [("organizations", "0002_tenancy"), ("workforce", "0004_indexes_of_what_ends")]

    operations = [migrations.RunSQL(POLICIES_SQL + FUNCTION_SQL, BACK_SQL)]
