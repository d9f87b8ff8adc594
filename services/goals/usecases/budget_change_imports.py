"""Budget changes as the budget system pushes them: set-based, safe to repeat."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.goals.domain.budget import BelowZero, Funds, applied, change_mistake
from services.goals.schemas.budget import BudgetChangeRow
from services.goals.usecases.budget_changes import lock_projects, touch_projects
from shared.auth import Caller
from shared.bulk import Rows, Stored, upsert
from shared.ids import new_id
from shared.problems import FieldError

_FUNDS = text("""
    select b.project_code, b.fiscal_year,
           (select coalesce(jsonb_agg(jsonb_build_array(f.fund_level, f.source, f.amount::text)),
                            '[]')
            from project_fund f where f.region_code = b.region_code
             and f.project_code = b.project_code and f.fiscal_year = b.fiscal_year) as funds
    from approved_budget b where b.region_code = :region_code and b.project_code = any (:codes)
""")

_STORED = text("""
    select c.document_no, c.project_code, c.status, c.fiscal_year, c.kind, c.changed_on, c.reason,
           (select jsonb_agg(jsonb_build_array(l.fund_level, l.source, l.amount::text))
            from budget_change_line l
            where l.region_code = c.region_code and l.change_id = c.id) as lines,
           exists (select from goal g where g.region_code = c.region_code
                   and g.budget_change_id = c.id) as tied
    from budget_change c
    where c.region_code = :region_code and c.project_code = any (:codes)
      and c.document_no = any (:document_nos)
    for update of c
""")

_CHANGES = text("""
    insert into budget_change (region_code, id, project_code, fiscal_year, kind, document_no,
                               changed_on, reason, status, row_version, updated_at)
    select :region_code, r.id, r.project_code, r.fiscal_year, r.kind, r.document_no, r.changed_on,
           r.reason, 'pending', 1, :at
    from jsonb_to_recordset(cast(:rows as jsonb))
         as r(id uuid, project_code text, fiscal_year int, kind text, document_no text,
              changed_on date, reason text)
    on conflict (region_code, document_no, project_code) do update
    set fiscal_year = excluded.fiscal_year, kind = excluded.kind, changed_on = excluded.changed_on,
        reason = excluded.reason, row_version = budget_change.row_version + 1,
        updated_at = excluded.updated_at
    returning document_no || '/' || project_code as key, xmax = 0 as inserted
""")

_SENT = """
    with sent as (
        select c.id, r.lines
        from jsonb_to_recordset(cast(:rows as jsonb))
             as r(project_code text, document_no text, lines jsonb)
        join budget_change c on c.region_code = :region_code and c.document_no = r.document_no
                            and c.project_code = r.project_code)
"""

_DROP_LINES = text(f"""{_SENT}
    delete from budget_change_line l using sent s
    where l.region_code = :region_code and l.change_id = s.id
""")

_LINES = text(f"""{_SENT}
    insert into budget_change_line (region_code, change_id, fund_level, source, amount)
    select :region_code, s.id, l.fund_level, l.source, l.amount
    from sent s,
         jsonb_to_recordset(s.lines) as l(fund_level text, source text, amount numeric)
""")


def key_of(row: BudgetChangeRow) -> str:
    """文号/项目编码: what a repeat is known by."""
    return f"{row.document_no}/{row.project_code}"


async def import_changes(
    session: AsyncSession, rows: Rows[BudgetChangeRow], *, by: Caller, at: datetime
) -> None:
    """Create pending changes or update those still pending."""
    rows.refuse(_unsound)
    known = await _known(session, by.region_code, rows.models)
    rows.refuse(known.refusal)
    due = [row for row in rows.models if not known.has(row)]
    statuses = await _store(session, by.region_code, due, at=at)
    rows.settle(statuses)


@dataclass(frozen=True)
class _Content:
    fiscal_year: int
    kind: str
    changed_on: date
    reason: str
    lines: frozenset[tuple[str, str, Decimal]]


@dataclass(frozen=True)
class _Stored:
    content: _Content
    status: str
    tied: bool


@dataclass(frozen=True)
class _Known:
    """What the database holds of the projects and changes under import."""

    projects: set[str]
    #: The budgets in force of the approved years.
    budgets: Mapping[tuple[str, int], Funds]
    changes: Mapping[str, _Stored]

    def has(self, row: BudgetChangeRow) -> bool:
        """Whether the change is stored just so."""
        stored = self.changes.get(key_of(row))
        return stored is not None and stored.content == _content(row)

    def refusal(self, row: BudgetChangeRow) -> FieldError | None:
        """Why the row can't be taken."""
        if row.project_code not in self.projects:
            return _error(
                "/project_code", "unknown_project", f"没有项目 {row.project_code}", "请先推送该项目"
            )
        closed = self._closed(row)
        if closed is not None or self.has(row):
            return closed
        funds = self.budgets.get((row.project_code, row.fiscal_year))
        if funds is None:
            return _error(
                "/fiscal_year", "budget_not_approved",
                f"{row.project_code} 的 {row.fiscal_year} 年预算尚未批复",
                "批复前请直接重新推送项目资金，不必报预算调整",
            )  # fmt: skip
        try:
            applied(funds, row.lines)
        except BelowZero as error:
            return _error("/lines", "below_zero", str(error), "调减、调出不能多于现行预算")
        return None

    def _closed(self, row: BudgetChangeRow) -> FieldError | None:
        stored = self.changes.get(key_of(row))
        if stored is None:
            return None
        if stored.status == "withdrawn":
            return _error("", "change_withdrawn", f"{row.document_no} 已撤回", "请换文号重新推送")
        if self.has(row):
            return None
        if stored.status == "approved":
            return _error(
                "", "change_approved", f"{row.document_no} 已批复，不能再改", "请另发调整文推送"
            )
        if stored.tied:
            return _error(
                "", "change_in_use", f"绩效目标正在按 {row.document_no} 调整",
                "请先由单位放弃该目标调整，再推送",
            )  # fmt: skip
        return None


async def _known(
    session: AsyncSession, region_code: str, rows: Sequence[BudgetChangeRow]
) -> _Known:
    codes = sorted({row.project_code for row in rows})
    projects = await lock_projects(session, region_code, codes)
    values = {"region_code": region_code, "codes": codes}
    budgets = await session.execute(_FUNDS, values)
    document_nos = sorted({row.document_no for row in rows})
    stored = await session.execute(_STORED, {**values, "document_nos": document_nos})
    return _Known(
        projects=projects,
        budgets={
            (row.project_code, row.fiscal_year): {
                (level, source): Decimal(amount) for level, source, amount in row.funds
            }
            for row in budgets
        },
        changes={f"{row.document_no}/{row.project_code}": _stored(row) for row in stored},
    )


async def _store(
    session: AsyncSession, region_code: str, due: Sequence[BudgetChangeRow], *, at: datetime
) -> dict[str, Stored]:
    if not due:
        return {}
    rows = [{**row.model_dump(mode="json"), "id": str(new_id())} for row in due]
    values = {"region_code": region_code, "rows": orjson.dumps(rows).decode()}
    statuses = await upsert(session, _CHANGES, **values, at=at)
    await session.execute(_DROP_LINES, values)
    await session.execute(_LINES, values)
    await touch_projects(session, region_code, [row.project_code for row in due], at=at)
    return statuses


def _unsound(row: BudgetChangeRow) -> FieldError | None:
    mistake = change_mistake(row.kind, row.lines)
    return None if mistake is None else FieldError(**asdict(mistake))


def _content(row: BudgetChangeRow) -> _Content:
    lines = frozenset((line.fund_level, line.source, line.amount) for line in row.lines)
    return _Content(row.fiscal_year, row.kind, row.changed_on, row.reason, lines)


def _stored(row: Any) -> _Stored:
    lines = frozenset((level, source, Decimal(amount)) for level, source, amount in row.lines)
    content = _Content(row.fiscal_year, row.kind, row.changed_on, row.reason, lines)
    return _Stored(content, row.status, row.tied)


def _error(pointer: str, code: str, detail: str, mend: str) -> FieldError:
    return FieldError(pointer=pointer, code=code, detail=detail, mend=mend)
