"""Findings of the domain as the errors of a problem document."""

from collections.abc import Sequence

from services.evaluation.domain.findings import Finding, Severity
from services.evaluation.domain.receipts import Citation
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


def cited(citation: Citation) -> RuleCited:
    """The rule version that said no, and where it stands written."""
    return RuleCited(
        rule_id=f"{citation.rule_id}@{citation.effective_from.isoformat()}",
        article=citation.source.article,
    )
