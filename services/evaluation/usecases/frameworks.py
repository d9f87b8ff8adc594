"""指标体系: rows or a preset, sound when a sheet that meets all of it would be accepted."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from services.evaluation.domain.framework_checks import AskedRow, framework_findings
from services.evaluation.domain.framework_presets import Preset, Sector, focus_of
from services.evaluation.domain.profiles import Operator
from services.evaluation.domain.ratios import Ratio
from services.evaluation.domain.rules import Rules
from services.evaluation.domain.scoring_sheets import Method, ScoringRow, score_sheet
from services.evaluation.domain.sheets import Sheet
from services.evaluation.domain.year_rules import framework_of, presets_of, sectors_of
from services.evaluation.errors import FrameworkNotSound, SheetNotAcceptable
from services.evaluation.schemas.evaluation_steps import FrameworkIn, FrameworkRowIn
from services.evaluation.schemas.evaluations import ScoringSheetIn, SheetRowIn
from services.evaluation.tables import Evaluation, EvaluationGroup, FrameworkRow
from services.evaluation.usecases.findings import blocking_errors, cited
from shared.problems import FieldError, InvalidPayload
from shared.rulebook import NoRuleInForce


@dataclass(frozen=True)
class LaidOut:
    """A framework with its rows, and what the scheme keeps about where they were taken from."""

    framework: FrameworkIn
    origin: Mapping[str, Any]


def laid_out(
    evaluation: Evaluation, frameworks: Sequence[FrameworkIn], rules: Rules
) -> Sequence[LaidOut]:
    """The frameworks, presets opened into their rows. Raises InvalidPayload for unknown names."""
    offered = {
        preset_id: preset
        for preset_id, preset in presets_of(
            rules, evaluation.region_code, evaluation.fiscal_year
        ).items()
        if evaluation.kind in preset.kinds
    }
    sectors = _sectors(rules, evaluation.fiscal_year)
    errors = [
        _unknown(f"/frameworks/{index}/{name}", name, given, known)
        for index, each in enumerate(frameworks)
        for name, given, known in (
            ("preset", each.preset, offered),
            ("sector", each.sector, sectors),
        )
        if given is not None and given not in known
    ]
    if errors:
        raise InvalidPayload(errors=errors)
    return [_opened(each, offered, sectors) for each in frameworks]


def require_sound(evaluation: Evaluation, frameworks: Sequence[LaidOut], rules: Rules) -> None:
    """Raise FrameworkNotSound with every finding of every framework."""
    rule = framework_of(rules, evaluation.kind, evaluation.fiscal_year)
    errors: list[FieldError] = []
    for index, each in enumerate(frameworks):
        asked = [_asked(row) for row in each.framework.rows]
        found = framework_findings(asked, rule, weight_reason=each.framework.weight_reason)
        errors += [
            error.model_copy(update={"pointer": f"/frameworks/{index}{error.pointer}"})
            for error in blocking_errors(found)
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
    *,
    ratios: Mapping[str, Ratio],
) -> tuple[ScoringSheetIn, Sheet]:
    """The answers, computed ones filled in, and the sheet scored row by row in the order sent.

    Raises InvalidPayload unless it has every row once, SheetNotAcceptable for its findings.
    """
    if sorted(row.position for row in sent.rows) != sorted(framework):
        raise InvalidPayload("评分表应对指标体系的每一行（position）评分，各一次")
    rule = framework_of(rules, evaluation.kind, evaluation.fiscal_year)
    rows = [_answered(framework[row.position], row, ratios).completed() for row in sent.rows]
    scored = score_sheet(rows, rule, weight_reason=group.weight_reason)
    errors = blocking_errors(scored.findings)
    if errors:
        told = f"有 {len(errors)} 处须先修改"
        raise SheetNotAcceptable(told, errors=errors[:50], rule=cited(rule.citation))
    answers = [
        answer.model_copy(update={"actual_value": row.actual_value, "basis": row.basis})
        for answer, row in zip(sent.rows, rows, strict=True)
    ]
    return sent.model_copy(update={"rows": answers}), scored


def _sectors(rules: Rules, fiscal_year: int) -> Mapping[str, Sector]:
    try:
        return sectors_of(rules, fiscal_year)
    except NoRuleInForce:
        return {}


def _unknown(pointer: str, name: str, given: str, known: Mapping[str, object]) -> FieldError:
    return FieldError(
        pointer=pointer,
        code=f"{name}_unknown",
        detail=f"本类评价没有{_NAMES[name]}“{given}”",
        mend=f"请使用：{'、'.join(known) or '（无）'}",
    )


_NAMES = {"preset": "预设指标体系", "sector": "行业"}


def _opened(
    framework: FrameworkIn, offered: Mapping[str, Preset], sectors: Mapping[str, Sector]
) -> LaidOut:
    origin: dict[str, Any] = {"group_nos": framework.group_nos}
    opened = framework
    if framework.preset is not None:
        preset = offered[framework.preset]
        reason = framework.weight_reason or preset.weight_reason
        opened = framework.model_copy(update={"rows": rows_in(preset), "weight_reason": reason})
        origin["preset"] = f"{preset.preset_id}@{preset.citation.effective_from.isoformat()}"
    if framework.sector is not None:
        present = {row.level1 for row in opened.rows}
        focus = focus_of(sectors[framework.sector], present)
        origin |= {"sector": framework.sector, "focus": [asdict(each) for each in focus]}
    return LaidOut(opened, origin)


def rows_in(preset: Preset) -> list[FrameworkRowIn]:
    """The preset's rows as a scheme takes them."""
    return [FrameworkRowIn.model_validate(asdict(item)) for item in preset.rows]


def _asked(row: FrameworkRowIn) -> AskedRow:
    asked = _row(
        row,
        basis="",
        points_total=row.points_total or len(row.points) or None,
    )
    return AskedRow(asked, row.ratio_code)


def _answered(row: FrameworkRow, answer: SheetRowIn, ratios: Mapping[str, Ratio]) -> ScoringRow:
    return _row(
        row,
        basis=answer.basis,
        points_total=row.points_total,
        actual_value=answer.actual_value,
        points_met=answer.points_met,
        band=answer.band,
        score=answer.score,
        computed=None if row.ratio_code is None else ratios.get(row.ratio_code),
    )


def _row(row: FrameworkRow | FrameworkRowIn, **more: Any) -> ScoringRow:
    return ScoringRow(
        level1=row.level1,
        name=row.name,
        weight=row.weight,
        method=Method(row.method),
        operator=None if row.operator is None else Operator(row.operator),
        target_value=row.target_value,
        **more,
    )
