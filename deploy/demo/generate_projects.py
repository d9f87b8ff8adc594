"""The 271 projects and their money: nine by their printed names, the rest invented."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from deploy.demo.generate_files import EXAMPLE, Row, flag, read_csv, read_toml
from deploy.demo.generate_units import Unit

PROJECT_COLUMNS = ("code", "name", "unit_code", "category", "kind", "fiscal_year", "synthetic")
FUND_COLUMNS = ("project_code", "fund_level", "amount", "synthetic")
LEVELS = ("central", "provincial", "municipal", "county")

#: the report's scope: county money of all self-evaluated projects, 39,497.05 万元
COUNTY_TOTAL = Decimal("394970500")
_STEP = 100
_SHARED_TYPES = ("health", "health_bureau", "town", "relief", "elder_care")


@dataclass(frozen=True)
class Plan:
    """What a project buys, as the goal form asks it; the short forms of catalogue/templates.csv."""

    goal: str
    quantity_name: str
    quantity_unit: str
    quantity: int
    quality: str
    timeliness: str
    cost: str
    benefit: str
    state: str
    satisfaction: str


@dataclass(frozen=True)
class Project:
    code: str
    name: str
    unit: Unit
    category: str
    kind: str
    synthetic: bool
    funds: dict[str, Decimal]
    plan: Plan

    @property
    def total(self) -> Decimal:
        return sum(self.funds.values(), Decimal(0))

    @property
    def invented(self) -> bool:
        """Faults and delays are told only of projects and units that do not exist."""
        return self.synthetic and self.unit.synthetic


@dataclass(frozen=True)
class _Draft:
    unit: Unit
    template: Row
    wish: int
    sequence: int


def build_projects(units: list[Unit]) -> list[Project]:
    rng = Random("xingqing-2023-projects")
    key = _key_projects({unit.name: unit for unit in units})
    taken = sum((project.funds["county"] for project in key), Decimal(0))
    templates = read_csv("catalogue/templates.csv")
    drafts = [draft for unit in units for draft in _drafts(unit, templates, rng)]
    county = _fit([draft.wish for draft in drafts], int(COUNTY_TOTAL - taken))
    invented = [_project(draft, amount, rng) for draft, amount in zip(drafts, county, strict=True)]
    return sorted([*key, *invented], key=lambda project: project.code)


def project_rows(projects: list[Project]) -> Iterator[Row]:
    for project in projects:
        yield {
            "code": project.code,
            "name": project.name,
            "unit_code": project.unit.code,
            "category": project.category,
            "kind": project.kind,
            "fiscal_year": "2023",
            "synthetic": flag(project.synthetic),
        }


def fund_rows(projects: list[Project]) -> Iterator[Row]:
    for project in projects:
        for level, amount in project.funds.items():
            yield {
                "project_code": project.code,
                "fund_level": level,
                "amount": f"{amount:.2f}",
                "synthetic": "true",
            }


def _key_projects(units: dict[str, Unit]) -> list[Project]:
    projects: list[Project] = []
    for number, row in enumerate(read_toml("catalogue/key_projects.toml")["project"], start=1):
        name, unit, amount = row["quantity"]
        fields = ("quality", "timeliness", "cost", "benefit", "state", "satisfaction")
        texts = {field: row[field] for field in fields}
        plan = Plan(row["goal"].format(q=amount), name, unit, amount, **texts)
        owner = units[row["unit"]]
        projects.append(
            Project(
                code=_code(owner, row["category"], 900 + number),
                name=row["name"],
                unit=owner,
                category=row["category"],
                kind="continuing",
                synthetic=False,
                funds=_levels(row["funds"]),
                plan=plan,
            )
        )
    return projects


def _drafts(unit: Unit, templates: list[Row], rng: Random) -> Iterator[_Draft]:
    """A unit takes the work of its own type first, then work any office has."""
    own = [row for row in templates if row["type"] == unit.type]
    general = [row for row in templates if row["type"] == "general"]
    pool = rng.sample(own, len(own)) + rng.sample(general, len(general))
    for sequence, template in enumerate(pool[: unit.project_count], start=1):
        low, high = int(template["money_low"]), int(template["money_high"])
        yield _Draft(unit, template, rng.randrange(low, high + 1), sequence)


def _fit(wishes: list[int], target: int) -> list[Decimal]:
    """Scales the wishes to sum exactly to the target, in whole hundreds of yuan."""
    total = sum(wishes)
    amounts = [target * wish // total // _STEP * _STEP for wish in wishes]
    amounts[amounts.index(max(amounts))] += target - sum(amounts)
    return [Decimal(amount) for amount in amounts]


def _project(draft: _Draft, county: Decimal, rng: Random) -> Project:
    template, unit = draft.template, draft.unit
    funds = _levels([0, _provincial(unit, county, rng), 0, int(county)])
    return Project(
        code=_code(unit, template["category"], draft.sequence),
        name=f"{unit.name.removesuffix(EXAMPLE)}{template['name']}{EXAMPLE}",
        unit=unit,
        category=template["category"],
        kind="new" if rng.random() < 0.35 else "continuing",
        synthetic=True,
        funds=funds,
        plan=_plan(template, unit, sum(funds.values(), Decimal(0)), rng),
    )


def _provincial(unit: Unit, county: Decimal, rng: Random) -> int:
    shared = unit.type in _SHARED_TYPES and rng.random() < 0.4
    return int(county) * rng.randrange(20, 60) // 100 // _STEP * _STEP if shared else 0


def _plan(template: Row, unit: Unit, total: Decimal, rng: Random) -> Plan:
    unit_cost = Decimal(template["unit_cost"]) * rng.randrange(92, 112) / 100
    quantity = _rounded(int(total / unit_cost))
    name, measure = template["quantity"].split()
    return Plan(
        goal=template["goal"].format(unit=unit.name, q=quantity),
        quantity_name=name,
        quantity_unit=measure,
        quantity=quantity,
        quality=template["quality"],
        timeliness=template["timeliness"],
        cost=template["cost"],
        benefit="" if template["cost"] else template["benefit"],
        state=template["state"],
        satisfaction=template["satisfaction"],
    )


def _rounded(quantity: int) -> int:
    step = 1 if quantity < 100 else 10 ** (len(str(quantity)) - 2)
    return max(quantity // step * step, 2)


def _levels(amounts: list[int]) -> dict[str, Decimal]:
    pairs = zip(LEVELS, amounts, strict=True)
    return {level: Decimal(amount) for level, amount in pairs if amount}


def _code(unit: Unit, category: str, sequence: int) -> str:
    """项目编码: 区划 6, 年 2, 类 1, 序号 12 (here the unit's code and a running number)."""
    letter = "Y" if category == "operation" else "T"
    return f"64010423{letter}{unit.code}{sequence:06d}"
