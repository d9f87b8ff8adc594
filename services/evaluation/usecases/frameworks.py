"""指标体系: sound when a sheet that meets all of it would be accepted; then sheets are held to it."""

from collections.abc import Mapping, Sequence

from services.evaluation.domain.profiles import Operator
from services.evaluation.domain.rules import Rules
from services.evaluation.domain.scoring_sheets import Method, ScoringRow, score_sheet
from services.evaluation.domain.sheets import Sheet
from services.evaluation.domain.year_rules import framework_of
from services.evaluation.errors import FrameworkNotSound, SheetNotAcceptable
from services.evaluation.schemas.evaluation_steps import FrameworkIn, FrameworkRowIn
from services.evaluation.schemas.evaluations import ScoringSheetIn, SheetRowIn
from services.evaluation.tables import Evaluation, EvaluationGroup, FrameworkRow
from services.evaluation.usecases.findings import blocking_errors, cited
from shared.problems import FieldError, InvalidPayload


def require_sound(evaluation: Evaluation, frameworks: Sequence[FrameworkIn], rules: Rules) -> None:
    """Raise FrameworkNotSound with every finding of every framework."""
    rule = framework_of(rules, evaluation.kind, evaluation.fiscal_year)
    errors: list[FieldError] = []
    for index, framework in enumerate(frameworks):
        fulfilled = [_fulfilled(row) for row in framework.rows]
        met = score_sheet(fulfilled, rule, weight_reason=framework.weight_reason)
        errors += [
            error.model_copy(update={"pointer": f"/frameworks/{index}{error.pointer}"})
            for error in blocking_errors(met.findings)
        ]
    if errors:
        told = f"有 {len(errors)} 处须先修改"
        raise FrameworkNotSound(told, errors=errors[:50], rule=cited(rule.citation))


def judged(
    evaluation: Evaluation,
    group: EvaluationGroup,
    framework: Mapping[int, FrameworkRow],
    sent: ScoringSheetIn,
    rules: Rules,
) -> Sheet:
    """The sheet scored row by row against the framework, in the order sent.

    Raises InvalidPayload unless it has every row once, SheetNotAcceptable for its findings.
    """
    if sorted(row.position for row in sent.rows) != sorted(framework):
        raise InvalidPayload("评分表应对指标体系的每一行（position）评分，各一次")
    rule = framework_of(rules, evaluation.kind, evaluation.fiscal_year)
    rows = [_answered(framework[row.position], row) for row in sent.rows]
    scored = score_sheet(rows, rule, weight_reason=group.weight_reason)
    errors = blocking_errors(scored.findings)
    if errors:
        told = f"有 {len(errors)} 处须先修改"
        raise SheetNotAcceptable(told, errors=errors[:50], rule=cited(rule.citation))
    return scored


def _fulfilled(row: FrameworkRowIn) -> ScoringRow:
    total = row.points_total or len(row.points) or None
    return ScoringRow(
        level1=row.level1,
        name=row.name,
        weight=row.weight,
        method=Method(row.method),
        basis=row.name,
        operator=None if row.operator is None else Operator(row.operator),
        target_value=row.target_value,
        actual_value=row.target_value,
        points_met=total,
        points_total=total,
    )


def _answered(row: FrameworkRow, answer: SheetRowIn) -> ScoringRow:
    return ScoringRow(
        level1=row.level1,
        name=row.name,
        weight=row.weight,
        method=Method(row.method),
        basis=answer.basis,
        operator=None if row.operator is None else Operator(row.operator),
        target_value=row.target_value,
        actual_value=answer.actual_value,
        points_met=answer.points_met,
        points_total=row.points_total,
    )
