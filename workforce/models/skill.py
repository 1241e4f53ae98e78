"""What people can do: skills with a level, given by hand, earned by a qualification, or computed from gold tasks."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from maskwright.accounts.models import User
from maskwright.core.models import TenantModel
from workforce.states import SkillSource


class PersonSkill(TenantModel):
    """A person's skill, of his employer's making; `level` is 0 to 100. A queue that requires a skill names it and the
    least level (`WorkQueue.required_skills`); names are compared without regard to case, across organizations."""

    MAX_LEVEL: ClassVar[int] = 100

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=63)
    level = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=15, choices=SkillSource, default=SkillSource.HAND, db_default=SkillSource.HAND)
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization_id", "user", "name"], name="person_skill_once"),
            models.CheckConstraint(condition=models.Q(level__lte=100), name="person_skill_level"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.level}"
