"""Skill match: who labels has each skill that the queue requires, at its least level; names in lower case."""

from workforce.distribution.policy import Rule


def has_skills(organization: str, user: str) -> str:
    """SQL: whether the person has what the queue `q` requires; the organization is his employer."""
    return f"""NOT EXISTS (
    SELECT 1 FROM jsonb_each_text(q.required_skills) r WHERE NOT EXISTS (
      SELECT 1 FROM workforce_personskill p WHERE p.organization_id = {organization} AND p.user_id = {user}
        AND lower(p.name) = r.key AND p.level >= r.value::int))"""


#: Reviewers are chosen by their team.
RULE = Rule("skill_match", f"(f.stage = 'review' OR {has_skills('%(org)s', '%(user)s')})")
