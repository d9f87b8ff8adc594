"""Findings of the domain as the errors of a problem document."""

from collections.abc import Sequence

from services.evaluation.domain.findings import Finding, Severity
from services.evaluation.domain.receipts import Citation
from services.evaluation.domain.refusals import Refusal
from shared.problems import FieldError, RuleCited


def blocking_errors(findings: Sequence[Finding]) -> list[FieldError]:
    """Those that stop a submission, with their pointers."""
    return [
        FieldError(
            pointer=finding.pointer,
            code=finding.code,
            detail=finding.message,
            mend=finding.mend,
        )
        for finding in findings
        if finding.severity is Severity.BLOCKING
    ]


def refusal_errors(refusals: Sequence[Refusal]) -> list[FieldError]:
    """Why something may not be done, each with its place and how to mend it."""
    return [
        FieldError(pointer=each.pointer, code=each.code, detail=each.said(), mend=each.mend)
        for each in refusals
    ]


def cited(citation: Citation) -> RuleCited:
    """The rule version that said no, and where it stands written."""
    return RuleCited(
        rule_id=f"{citation.rule_id}@{citation.effective_from.isoformat()}",
        article=citation.source.article,
    )
