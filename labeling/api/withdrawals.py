"""Withdrawals of answers: for a job's managers, and for a vendor's managers about their own people."""

import uuid
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.api.base import ManagementView
from labeling.models import Withdrawal
from labeling.selectors.granted import granted_job_detail
from labeling.selectors.withdrawals import withdrawal_list
from labeling.services.jobs import own_job
from labeling.services.withdrawal import Selection, order_undo, order_withdrawal, preview
from maskwright.core.api.pagination import Page, paged
from maskwright.core.errors import NotFound


class SelectionInput(serializers.Serializer[None]):
    worker = serializers.UUIDField(required=False, allow_null=True, default=None, help_text="One labeler's answers.")
    grant = serializers.UUIDField(
        required=False, allow_null=True, default=None, help_text="Or those of everybody who worked under this grant."
    )
    since = serializers.DateTimeField(required=False, allow_null=True, default=None)
    until = serializers.DateTimeField(required=False, allow_null=True, default=None)


class WithdrawInput(SelectionInput):
    reason = serializers.CharField(allow_blank=True, default="", max_length=500)
    key = serializers.UUIDField(
        required=False, allow_null=True, default=None, help_text="Sent again it answers the same withdrawal."
    )


class PreviewOutput(serializers.Serializer[Any]):
    """`finished`: objects whose mask goes and that are labeled again; `cost`: by currency, not to be paid any more."""

    answers = serializers.IntegerField()
    objects = serializers.IntegerField()
    finished = serializers.IntegerField()
    reviews = serializers.IntegerField()
    people = serializers.IntegerField()
    seconds = serializers.FloatField()
    first = serializers.DateTimeField(allow_null=True)
    last = serializers.DateTimeField(allow_null=True)
    cost = serializers.DictField(child=serializers.DecimalField(16, 2))


class WithdrawalOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    job = serializers.UUIDField(source="job_id")
    worker = serializers.UUIDField(source="worker_id", allow_null=True)
    grant = serializers.UUIDField(source="work_grant_id", allow_null=True)
    by_vendor = serializers.BooleanField()
    since = serializers.DateTimeField(allow_null=True)
    until = serializers.DateTimeField()
    reason = serializers.CharField()
    state = serializers.CharField()
    answers = serializers.IntegerField()
    objects = serializers.IntegerField(source="objects_count")
    restored = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    applied_at = serializers.DateTimeField(allow_null=True)
    undone_at = serializers.DateTimeField(allow_null=True)


class _Withdrawals(ManagementView):
    """The side that asks must have the job: its owner, or, at the addresses of granted jobs, a vendor."""

    def check(self, job_id: uuid.UUID) -> None:
        own_job(job_id)

    def order_of(self, job_id: uuid.UUID, withdrawal_id: uuid.UUID) -> Withdrawal:
        self.check(job_id)
        found: Withdrawal | None = withdrawal_list(job_id).filter(pk=withdrawal_id).first()
        if found is None:
            raise NotFound(_("There is no such withdrawal that you may undo."))
        return found

    def selection(self, request: Request, job_id: uuid.UUID, serializer: Any) -> tuple[Selection, dict[str, Any]]:
        given = self.given(serializer, request)
        chosen = {name: given.pop(name) for name in ("since", "until")}
        return Selection(job_id, given.pop("worker"), given.pop("grant"), **chosen), given


class WithdrawalsView(_Withdrawals):
    pagination_class = Page

    @extend_schema(responses=WithdrawalOutput(many=True))
    def get(self, request: Request, job_id: uuid.UUID) -> Response:
        self.check(job_id)
        return paged(request, withdrawal_list(job_id), lambda rows: WithdrawalOutput(rows, many=True).data)

    @extend_schema(request=WithdrawInput, responses={201: WithdrawalOutput})
    def post(self, request: Request, job_id: uuid.UUID) -> Response:
        """Withdraw all that is selected, up to this moment. Applied right after; `state` tells when it is."""
        self.check(job_id)
        selection, given = self.selection(request, job_id, WithdrawInput)
        return Response(WithdrawalOutput(order_withdrawal(selection, **given)).data, status=201)


class WithdrawalPreviewView(_Withdrawals):
    @extend_schema(request=SelectionInput, responses=PreviewOutput)
    def post(self, request: Request, job_id: uuid.UUID) -> Response:
        """What a withdrawal would do; nothing is changed."""
        self.check(job_id)
        selection, _given = self.selection(request, job_id, SelectionInput)
        return Response(PreviewOutput(preview(selection)).data)


class WithdrawalUndoView(_Withdrawals):
    @extend_schema(request=None, responses=WithdrawalOutput)
    def post(self, request: Request, job_id: uuid.UUID, withdrawal_id: uuid.UUID) -> Response:
        """Let the answers count again whose places nobody has answered since; by the side that ordered it, once."""
        order = self.order_of(job_id, withdrawal_id)
        return Response(WithdrawalOutput(order_undo(order.pk)).data)


class _Granted(_Withdrawals):
    def check(self, job_id: uuid.UUID) -> None:
        granted_job_detail(job_id)


class GrantedWithdrawalsView(_Granted, WithdrawalsView):
    """A vendor's: of its own people."""


class GrantedWithdrawalPreviewView(_Granted, WithdrawalPreviewView):
    """A vendor's: of its own people."""


class GrantedWithdrawalUndoView(_Granted, WithdrawalUndoView):
    """A vendor's: of its own people."""
