"""How fast each project spends, and the vouchers that show it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from deploy.demo.generate_files import Row
from deploy.demo.generate_projects import Project

PAYMENT_COLUMNS = (
    "voucher_no", "project_code", "fiscal_year", "fund_level", "amount", "paid_on", "synthetic",
)  # fmt: skip

HALF_TIME = date(2023, 7, 31)
YEAR_END = date(2023, 12, 31)
_ONE = Decimal(1)


@dataclass(frozen=True)
class Pace:
    #: share of the year's money paid by 31 July
    july: Decimal
    #: share paid by the end of the year
    final: Decimal
    colour: str

    @property
    def late(self) -> bool:
        return self.final < Decimal("0.9")


@dataclass(frozen=True)
class Payment:
    project_code: str
    level: str
    amount: Decimal
    paid_on: date


def build_paces(projects: list[Project]) -> dict[str, Pace]:
    """30 red projects in 20 units, 25 yellow, the rest near the line; 15 of the red end late.

    The nine key projects spend all, as their scoring sheets say.
    """
    rng = Random("xingqing-2023-paces")
    red, late = _slow(projects, rng)
    others = [p.code for p in projects if p.invented and p.code not in red]
    yellow = set(rng.sample(others, 25))
    paces = {p.code: _pace(p.code, red, late, yellow, rng) for p in projects}
    return paces | {p.code: replace(paces[p.code], final=_ONE) for p in projects if not p.synthetic}


def build_payments(projects: list[Project], paces: dict[str, Pace]) -> list[Payment]:
    rng = Random("xingqing-2023-payments")
    payments = [row for project in projects for row in _vouchers(project, paces, rng)]
    payments += _refunds(projects, paces, rng)
    return sorted(payments, key=lambda row: (row.paid_on, row.project_code, row.level))


def payment_rows(payments: list[Payment]) -> Iterator[Row]:
    for number, payment in enumerate(payments, start=1):
        yield {
            "voucher_no": f"SL2023{number:06d}",
            "project_code": payment.project_code,
            "fiscal_year": "2023",
            "fund_level": payment.level,
            "amount": f"{payment.amount:.2f}",
            "paid_on": payment.paid_on.isoformat(),
            "synthetic": "true",
        }


def paid_by(payments: list[Payment], until: date) -> dict[str, Decimal]:
    """Net payments of each project up to and with a day."""
    paid: dict[str, Decimal] = {}
    for row in payments:
        if row.paid_on <= until:
            paid[row.project_code] = paid.get(row.project_code, Decimal(0)) + row.amount
    return paid


def _slow(projects: list[Project], rng: Random) -> tuple[set[str], set[str]]:
    """Ten units with two slow projects and ten with one; twelve of these units end late."""
    by_unit: dict[str, list[str]] = {}
    for project in projects:
        if project.invented:
            by_unit.setdefault(project.unit.code, []).append(project.code)
    units = rng.sample(sorted(by_unit), 20)
    slow = [rng.sample(by_unit[unit], 2 if place < 10 else 1) for place, unit in enumerate(units)]
    late = [codes if place < 3 else codes[:1] for place, codes in enumerate(slow[:12])]
    return {code for codes in slow for code in codes}, {code for codes in late for code in codes}


def _pace(code: str, red: set[str], late: set[str], yellow: set[str], rng: Random) -> Pace:
    final = _share(rng, 560, 880) if code in late else _share(rng, 955, 1000)
    if code in red:
        return Pace(_share(rng, 120, 330), final, "red")
    full = _ONE if rng.random() < 0.5 else final
    if code in yellow:
        return Pace(_share(rng, 365, 455), full, "yellow")
    return Pace(_share(rng, 500, 640), full, "green")


def _share(rng: Random, low: int, high: int) -> Decimal:
    return Decimal(rng.randrange(low, high)) / 1000


def _vouchers(project: Project, paces: dict[str, Pace], rng: Random) -> Iterator[Payment]:
    pace = paces[project.code]
    main = max(project.funds, key=lambda level: project.funds[level])
    for level, fund in project.funds.items():
        early, final = int(fund * pace.july), int(fund * pace.final)
        count = rng.randrange(3, 5) if level == main else 2
        first_month = 2
        if pace.colour == "red":
            count, first_month = 2, 4
        days = [*_days(rng, count, first_month, 8), *_days(rng, count, 8, 13)]
        amounts = [*_split(early, count, rng), *_split(final - early, count, rng)]
        for paid_on, amount in zip(days, amounts, strict=True):
            yield Payment(project.code, level, Decimal(amount), paid_on)


def _days(rng: Random, count: int, first_month: int, month_after: int) -> list[date]:
    """Working days in different months, in order."""
    months = sorted(rng.sample(range(first_month, month_after), count))
    return [_working_day(date(2023, month, rng.randrange(6, 29))) for month in months]


def _working_day(day: date) -> date:
    return day - timedelta(days=max(day.weekday() - 4, 0))


def _split(total: int, count: int, rng: Random) -> list[int]:
    """Whole yuan in uneven parts that sum to the total."""
    weights = [rng.randrange(70, 131) for _ in range(count)]
    parts = [total * weight // sum(weights) for weight in weights[:-1]]
    return [*parts, total - sum(parts)]


def _refunds(projects: list[Project], paces: dict[str, Pace], rng: Random) -> Iterator[Payment]:
    """Six projects get money back in October: a contract settled below what was paid."""
    settled = [p for p in projects if p.invented and paces[p.code].final == _ONE]
    for project in rng.sample(settled, 6):
        amount = project.funds["county"] * rng.randrange(8, 20) // 1000
        paid_on = _working_day(date(2023, 10, rng.randrange(12, 29)))
        yield Payment(project.code, "county", -amount, paid_on)
