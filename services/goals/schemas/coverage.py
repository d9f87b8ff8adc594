"""目标覆盖率、公开率 and 待办 on the wire."""

from datetime import date
from uuid import UUID

from shared.fields import Exact, Out


class CoverageOut(Out):
    """A rate with the lists behind it."""

    numerator: int
    denominator: int
    rate: Exact | None
    late: int | None
    numerator_href: str
    denominator_href: str
    missing_href: str


class YearCoverageOut(Out):
    """目标覆盖率与公开率 of a year; the scope says what is counted."""

    fiscal_year: int
    scope: str
    goal_coverage: CoverageOut
    disclosure: CoverageOut


class CoverageGroup(Out):
    """Both rates of one office, department or fund level; amounts in yuan, all fund levels unless
    the group is one."""

    code: str
    label: str
    amount: Exact
    goal_coverage: CoverageOut
    disclosure: CoverageOut


class CoverageGroupsOut(Out):
    """Both rates of a year, group by group; a project counts in every fund level it is paid from."""

    fiscal_year: int
    by: str
    scope: str
    items: list[CoverageGroup]


class CoveredProject(Out):
    """A project behind a coverage figure."""

    code: str
    name: str
    unit_code: str
    unit_name: str
    goal_id: UUID | None
    goal_status: str | None
    approved_on: date | None
    disclosure_due: date | None
    disclosed_on: date | None
    disclosure_exemption: str | None


class WorkItem(Out):
    """待办: something that waits for the caller."""

    kind: str
    title: str
    href: str
    due_on: date | None
    count: int
    action: str


class WorkItems(Out):
    """待办事项."""

    items: list[WorkItem]
