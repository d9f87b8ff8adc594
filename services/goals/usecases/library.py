"""The region's own library entries: proposed, revised, confirmed or refused, retired."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.goals.domain.entry_states import (
    ENTRY_LABELS,
    EntryStatus,
    EntryStep,
    entry_steps_from,
)
from services.goals.domain.indicator_library import OWN, Entry, Example, flaws
from services.goals.domain.indicator_trees import Tree
from services.goals.domain.search_terms import key
from services.goals.errors import (
    EntryStateForbids,
    FourEyes,
    IndicatorNameTaken,
    NotTheProposer,
    ReasonRequired,
    SharedEntry,
)
from services.goals.schemas.library import ConfirmationIn, EntryIn, EntryPatch
from services.goals.tables import COMMON_REGION, IndicatorEntry
from services.goals.usecases.shipped_library import stored_form, take_turn
from shared.auth import Caller
from shared.db import lock_one
from shared.etags import Expected
from shared.ids import new_id
from shared.problems import FieldError, InvalidPayload, NotFound

_PLACE = {"tree", "level1", "level2"}
_LIVING = (EntryStatus.PROPOSED, EntryStatus.CONFIRMED)
_COUNT_IN = text("""
    insert into indicator_term as t (region_code, term, entry_count)
    select :region, term, 1 from unnest(cast(:terms as text[])) term
    on conflict (region_code, term) do update set entry_count = t.entry_count + 1
""")
_COUNT_OUT = text("""
    update indicator_term set entry_count = entry_count - 1
    where region_code = :region and term = any (cast(:terms as text[]))
""")


async def propose_entry(
    session: AsyncSession, body: EntryIn, trees: Mapping[str, Tree], *, by: Caller, at: datetime
) -> UUID:
    """A new entry of the region's own, to be confirmed by the bureau."""
    await take_turn(session, by.region_code)
    number = await session.scalar(
        select(func.count()).where(IndicatorEntry.region_code == by.region_code)
    )
    entry_id = new_id()
    entry = _entry(body, f"local-{(number or 0) + 1:04d}", trees)
    await _require_sound(session, entry_id, entry, trees, by.region_code)
    row = IndicatorEntry(
        region_code=by.region_code,
        id=entry_id,
        status=EntryStatus.PROPOSED,
        proposed_by=by.subject,
        row_version=1,
        updated_at=at,
        **stored_form(entry),
    )
    session.add(row)
    return entry_id


async def revise_entry(
    session: AsyncSession,
    entry_id: UUID,
    patch: EntryPatch,
    trees: Mapping[str, Tree],
    *,
    expected: Expected,
    by: Caller,
    at: datetime,
) -> None:
    """Change a proposal before the bureau decides; only who proposed it may."""
    row = await _lock(session, entry_id, by=by, expected=expected, step=EntryStep.REVISE, at=at)
    if row.proposed_by != by.subject:
        raise NotTheProposer("请与提出人联系，或由财政审核人不予采纳并说明理由")
    entry = _patched(row, patch, trees)
    await _require_sound(session, row.id, entry, trees, by.region_code)
    for name, value in stored_form(entry).items():
        setattr(row, name, value)


async def decide_on_entry(
    session: AsyncSession,
    entry_id: UUID,
    decision: ConfirmationIn,
    *,
    expected: Expected,
    by: Caller,
    at: datetime,
) -> None:
    """The bureau takes a proposal into use or refuses it with a reason; never who proposed it."""
    row = await _lock(session, entry_id, by=by, expected=expected, step=EntryStep.CONFIRM, at=at)
    if row.proposed_by == by.subject:
        raise FourEyes("提出人不能自己确认")
    row.decided_by = by.subject
    row.reason = decision.reason
    if decision.decision == "confirm":
        row.status = EntryStatus.CONFIRMED
        await session.execute(_COUNT_IN, {"region": row.region_code, "terms": row.terms})
        return
    if decision.reason is None:
        raise ReasonRequired(
            errors=[
                FieldError(
                    pointer="/reason",
                    code="missing",
                    detail="不予采纳须写明理由",
                    mend="请说明为什么不合适、可改用哪个指标",
                )
            ]
        )
    row.status = EntryStatus.REFUSED


async def retire_entry(
    session: AsyncSession,
    entry_id: UUID,
    reason: str,
    *,
    expected: Expected,
    by: Caller,
    at: datetime,
) -> None:
    """Take an entry of the region's own out of use; goals that name it keep it."""
    row = await _lock(session, entry_id, by=by, expected=expected, step=EntryStep.RETIRE, at=at)
    row.status = EntryStatus.RETIRED
    row.retired_by = by.subject
    row.reason = reason
    await session.execute(_COUNT_OUT, {"region": row.region_code, "terms": row.terms})


async def _lock(
    session: AsyncSession,
    entry_id: UUID,
    *,
    by: Caller,
    expected: Expected,
    step: EntryStep,
    at: datetime,
) -> IndicatorEntry:
    """The entry, locked and its version counted up; NotFound, 412 or 409 when the step can't be
    taken."""
    await take_turn(session, by.region_code)
    row = await lock_one(
        session,
        select(IndicatorEntry).where(
            IndicatorEntry.region_code.in_([by.region_code, COMMON_REGION]),
            IndicatorEntry.id == entry_id,
        ),
    )
    if row.region_code == COMMON_REGION:
        raise SharedEntry("可提出一个本地区的指标代替它")
    if by.units is not None and row.proposed_by != by.subject:
        raise NotFound
    expected.check(row.row_version)
    if step not in entry_steps_from(row.status):
        raise EntryStateForbids(f"{ENTRY_LABELS[EntryStatus(row.status)]}的指标不能执行此操作")
    row.row_version += 1
    row.updated_at = at
    return row


def _entry(body: EntryIn, code: str, trees: Mapping[str, Tree]) -> Entry:
    given = {name: value for name, value in body if name not in _PLACE | {"good", "bad"}}
    level1, level2 = _place(body, "mof-2015", trees)
    level1_2021, level2_2021 = _place(body, "mof-2021", trees)
    return Entry(
        code=code,
        level1=level1,
        level2=level2,
        level1_2021=level1_2021,
        level2_2021=level2_2021,
        **given,
        source_kind=OWN,
        source=None,
        good=None if body.good is None else Example(body.good.text, OWN),
        bad=None if body.bad is None else Example(body.bad.text, OWN, why=body.bad.why),
    )


def _place(body: EntryIn, tree: str, trees: Mapping[str, Tree]) -> tuple[str, str]:
    """As given in the tree named; in the other one where the usual way leads."""
    if tree == body.tree:
        return body.level1, body.level2
    return trees[tree].place(body.level1, body.level2)


def _patched(row: IndicatorEntry, patch: EntryPatch, trees: Mapping[str, Tree]) -> Entry:
    """The entry with what the patch names; its places move only when the patch names one."""
    changes = {name: getattr(patch, name) for name in patch.model_fields_set}
    suffix = "_2021" if patch.tree == "mof-2021" else ""
    stands: dict[str, Any] = {
        **{name: getattr(row, name) for name in EntryIn.model_fields if name != "tree"},
        "tree": patch.tree,
        "level1": getattr(row, f"level1{suffix}"),
        "level2": getattr(row, f"level2{suffix}"),
        "good": row.good and {"text": row.good["text"]},
        "bad": row.bad and {"text": row.bad["text"], "why": row.bad["why"]},
    }
    entry = _entry(EntryIn.model_validate({**stands, **changes}), row.code, trees)
    if _PLACE & changes.keys():
        return entry
    return replace(
        entry,
        level1=row.level1,
        level2=row.level2,
        level1_2021=row.level1_2021,
        level2_2021=row.level2_2021,
    )


async def _require_sound(
    session: AsyncSession,
    entry_id: UUID,
    entry: Entry,
    trees: Mapping[str, Tree],
    region_code: str,
) -> None:
    wrong = [
        FieldError(pointer=f"/{flaw.field}", code=flaw.code, detail=flaw.message, mend=flaw.mend)
        for flaw in flaws(entry, trees)
    ]
    if wrong:
        raise InvalidPayload(errors=wrong)
    taken = await session.scalar(
        select(IndicatorEntry).where(
            IndicatorEntry.region_code.in_([region_code, COMMON_REGION]),
            IndicatorEntry.sector.in_([entry.sector, "common"]),
            IndicatorEntry.name_key == key(entry.name),
            IndicatorEntry.status.in_(_LIVING),
            IndicatorEntry.id != entry_id,
        )
    )
    if taken is not None:
        raise IndicatorNameTaken(
            f"“{taken.name}”（{taken.code}，{ENTRY_LABELS[EntryStatus(taken.status)]}）",
            errors=[
                FieldError(
                    pointer="/name",
                    code="name_taken",
                    detail=f"指标库中已有：{taken.id}",
                    mend="请直接采用它；确有不同的，请在名称中写明不同之处",
                )
            ],
            headers={"Link": f'</api/v1/goals/indicators/{taken.id}>; rel="related"'},
        )
