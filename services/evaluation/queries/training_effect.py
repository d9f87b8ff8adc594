"""培训前后: who came to a training, and the first drafts of both groups as goals counts them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import orjson

from services.evaluation.domain.training_effect import (
    REASONS,
    Drafts,
    UnitDrafts,
    added,
    around,
    incomparable,
)
from services.evaluation.schemas.summaries import FigureOut, TraceOut
from services.evaluation.schemas.training_effect import GroupEffectOut, TrainingEffectOut
from shared.auth import Caller
from shared.db import Reads

_HELD = """
    select t.id, t.title, t.held_on,
           (select coalesce(json_object_agg(a.unit_code, a.name), '{}')::text
            from (select distinct a.unit_code, u.name from training_attendance a
                  left join unit u on u.region_code = a.region_code and u.code = a.unit_code
                  where a.region_code = t.region_code and a.training_id = t.id) a) as attending
    from training t
"""
_ONE = f"{_HELD} where t.region_code = $1 and t.id = $2"

#: The training of the year that most units came to, the last of equals.
_LARGEST = f"""
    {_HELD}
    join lateral (select count(distinct a.unit_code) as unit_count from training_attendance a
                  where a.region_code = t.region_code and a.training_id = t.id) n
         on n.unit_count > 0
    where t.region_code = $1 and t.fiscal_year = $2
    order by n.unit_count desc, t.held_on desc, t.id desc limit 1
"""

NOTE = "只并列前后的数字；其间的变化可能另有原因，不表示由培训引起。举办当日不计入前后任一期间。"
_NOTHING = Drafts()


@dataclass(frozen=True)
class Held:
    """A training, and the units (code: name) whose people came."""

    training_id: UUID
    title: str
    held_on: date
    attending: Mapping[str, str | None]


async def held(reads: Reads, caller: Caller, training_id: UUID) -> Held:
    """One training. Raises NotFound."""
    return _held(await reads.one(_ONE, caller.region_code, training_id))


async def largest_of_year(reads: Reads, caller: Caller, fiscal_year: int) -> Held | None:
    """The training of a year that most units came to; None when no attendance was recorded."""
    row = await reads.maybe(_LARGEST, caller.region_code, fiscal_year)
    return None if row is None else _held(row)


def effect_of(
    training: Held,
    before: Sequence[UnitDrafts],
    after: Sequence[UnitDrafts],
    *,
    days: int,
    today: date,
) -> TrainingEffectOut:
    """Each unit, by code, and both groups together."""
    earlier, later = around(training.held_on, days)
    units = _by_unit(training, before, after)
    return TrainingEffectOut.model_validate(
        {
            "training_id": training.training_id,
            "title": training.title,
            "held_on": training.held_on,
            "days": days,
            "before": earlier,
            "after": later,
            "after_is_over": later.last_on < today,
            "attended": _group([unit for unit in units if unit["attended"]]),
            "others": _group([unit for unit in units if not unit["attended"]]),
            "note": NOTE,
            "items": units,
        }
    )


def only(effect: TrainingEffectOut, attended: bool | None) -> TrainingEffectOut:
    """The same, with the units listed that came, or those that did not; None lists all."""
    if attended is None:
        return effect
    items = [unit for unit in effect.items if unit.attended is attended]
    return effect.model_copy(update={"items": items})


def effect_figures(effect: TrainingEffectOut) -> list[FigureOut]:
    """The rates of each group that can be compared, for the annual summary."""
    return [
        figure
        for code, name, group in (
            ("attended", "参加的单位", effect.attended),
            ("others", "未参加的单位", effect.others),
        )
        if group.comparable
        for figure in (
            _figure(effect, group, f"{code}_before", f"培训前，{name}"),
            _figure(effect, group, f"{code}_after", f"培训后，{name}"),
        )
    ]


def _held(row: Mapping[str, Any]) -> Held:
    return Held(row["id"], row["title"], row["held_on"], orjson.loads(row["attending"]))


def _by_unit(
    training: Held, before: Sequence[UnitDrafts], after: Sequence[UnitDrafts]
) -> list[dict[str, Any]]:
    earlier = {one.unit_code: one.drafts for one in before}
    later = {one.unit_code: one.drafts for one in after}
    names = {**training.attending, **{one.unit_code: one.unit_name for one in (*before, *after)}}
    return [
        {
            "unit_code": code,
            "unit_name": names[code],
            "attended": code in training.attending,
            **_compared(earlier.get(code, _NOTHING), later.get(code, _NOTHING)),
        }
        for code in sorted(names)
    ]


def _group(units: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    before, after = (added(unit[side] for unit in units) for side in ("before", "after"))
    return {"unit_count": len(units), **_compared(before, after)}


def _compared(before: Drafts, after: Drafts) -> dict[str, Any]:
    reason = incomparable(before, after)
    return {
        "before": before,
        "after": after,
        "comparable": reason is None,
        "reason_code": reason,
        "reason": reason and REASONS[reason],
    }


def _figure(effect: TrainingEffectOut, group: GroupEffectOut, code: str, of: str) -> FigureOut:
    is_before = code.endswith("_before")
    drafts = group.before if is_before else group.after
    period = effect.before if is_before else effect.after
    attended = "true" if group is effect.attended else "false"
    return FigureOut(
        code=f"first_pass_{code}",
        label=f"首次审核通过率（{of}）",
        value=format(drafts.first_pass_rate, "f"),
        unit="%",
        amount_yuan=None,
        scope=f"{period.first_on} 至 {period.last_on} 首次报送、已有审核结论的绩效目标；"
        f"{effect.held_on} {effect.title}",
        trace=TraceOut(
            service="evaluation",
            href=f"/api/v1/evaluation/trainings/{effect.training_id}/effect"
            f"?days={effect.days}&attended={attended}",
            count=group.unit_count,
            how=f"{drafts.passed_at_first_count} ÷ {drafts.reviewed_count} × 100，"
            "清单为各单位，分子分母为各行之和",
        ),
    )
