"""A region on the live stack and the people who work in it."""

import asyncio
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from gateway.dev_issuer import mint, read_key
from shared.auth import Principal, Role


class Person:
    """Someone signed in; POSTs carry a new Idempotency-Key unless one is given."""

    def __init__(self, http: httpx.AsyncClient, token: str | None) -> None:
        self._http = http
        self._headers = {"authorization": f"Bearer {token}"} if token else {}

    async def get(self, path: str, **params: Any) -> httpx.Response:
        """Read."""
        return await self._http.get(f"/api/v1{path}", params=params, headers=self._headers)

    async def post(
        self,
        path: str,
        body: Any,
        *,
        key: str | None = None,
        version: int | None = None,
        params: dict[str, Any] | None = None,
    ) -> httpx.Response:
        """Create, or change the version read."""
        headers = {"idempotency-key": key or uuid4().hex, **_if_match(version), **self._headers}
        return await self._http.post(f"/api/v1{path}", json=body, headers=headers, params=params)

    async def patch(self, path: str, body: Any, *, version: int | None) -> httpx.Response:
        """Change part of the version read."""
        headers = {**_if_match(version), **self._headers}
        return await self._http.patch(f"/api/v1{path}", json=body, headers=headers)

    async def send(self, method: str, path: str, **request: Any) -> httpx.Response:
        """Anything else, exactly as given."""
        headers = {**self._headers, **request.pop("headers", {})}
        return await self._http.request(method, f"/api/v1{path}", headers=headers, **request)


class World:
    """One region. Units are `219001`, `219002`, …; projects are numbered."""

    def __init__(self, http: httpx.AsyncClient, issuer_key: Path, region_code: str) -> None:
        self.region_code = region_code
        self._http = http
        self._issuer_key = read_key(issuer_key)
        self._numbers = iter(range(1, 10**6))

    def person(
        self,
        role: Role,
        *,
        unit: str | None = None,
        name: str | None = None,
        agency: str | None = None,
    ) -> Person:
        """Someone with a role in this region."""
        return Person(
            self._http, self.token(self._principal(role, unit=unit, name=name, agency=agency))
        )

    def person_of(self, units: tuple[str, ...]) -> Person:
        """单位填报 for several units."""
        roles = frozenset({Role.UNIT_FILLER})
        principal = Principal("filler", "filler", roles, self.region_code, units)
        return Person(self._http, self.token(principal))

    def token(self, principal: Principal) -> str:
        """What the development issuer would hand to this principal."""
        return mint(principal, self._issuer_key)

    def _principal(
        self, role: Role, *, unit: str | None, name: str | None, agency: str | None
    ) -> Principal:
        return Principal(
            subject=name or f"{role}-{unit or agency or 'bureau'}",
            name=name or str(role),
            roles=frozenset({role}),
            region_code=self.region_code,
            unit_codes=(unit,) if unit else (),
            agency_code=agency,
        )

    @property
    def stranger(self) -> Person:
        """Someone who has not signed in."""
        return Person(self._http, None)

    @property
    def integration(self) -> Person:
        """The budget system."""
        return self.person(Role.INTEGRATION)

    @property
    def officer(self) -> Person:
        """业务室经办."""
        return self.person(Role.FINANCE_OFFICER)

    @property
    def reviewer(self) -> Person:
        """财政审核."""
        return self.person(Role.FINANCE_REVIEWER)

    def filler(self, unit: str = "219001") -> Person:
        """单位填报."""
        return self.person(Role.UNIT_FILLER, unit=unit)

    def approver(self, unit: str = "219001") -> Person:
        """单位审核."""
        return self.person(Role.UNIT_APPROVER, unit=unit)

    async def events(self, service: str) -> list[dict[str, Any]]:
        """The region's facts, once the feed stands still: a page ends before the oldest transaction
        still running anywhere, so that what was just committed may be a moment away."""
        found: list[dict[str, Any]] = []
        still = 0
        while still < (3 if found else 10):
            before = found
            found = (await self.integration.get(f"/{service}/events", limit=1000)).json()
            still = still + 1 if found == before else 0
            await asyncio.sleep(0.1)
        return found

    async def unit(self, code: str = "219001") -> str:
        """A unit, pushed by the budget system."""
        answer = await self.integration.post("/goals/unit-imports", {"items": [unit_row(code)]})
        assert answer.status_code == 207, answer.text
        return code

    async def project(self, *, unit: str = "219001", **changes: Any) -> str:
        """A project of a unit, with 100 万元 of county funds unless said otherwise."""
        await self.unit(unit)
        row = project_row(next(self._numbers), unit_code=unit) | changes
        answer = await self.integration.post("/goals/project-imports", {"items": [row]})
        assert answer.json()["failed"] == 0, answer.text
        return str(row["code"])

    async def goal(
        self, *, unit: str = "219001", project: str | None = None, **changes: Any
    ) -> dict[str, Any]:
        """A drafted goal, of a new project unless one is named."""
        body = goal_draft(project or await self.project(unit=unit)) | changes
        return created(await self.filler(unit).post("/goals/goals", body))

    async def submitted_goal(self, *, unit: str = "219001", **changes: Any) -> dict[str, Any]:
        """A goal at the bureau."""
        goal = await self.goal(unit=unit, **changes)
        return await self.step(self.approver(unit), goal, "submissions", {})

    async def reviewed_goal(self, *, unit: str = "219001", **changes: Any) -> dict[str, Any]:
        """A goal that passed review."""
        goal = await self.submitted_goal(unit=unit, **changes)
        return await self.step(self.officer, goal, "reviews", {"grade": "excellent"})

    async def approved_goal(self, *, unit: str = "219001", **changes: Any) -> dict[str, Any]:
        """A goal approved with the budget."""
        goal = await self.reviewed_goal(unit=unit, **changes)
        order = batch_order(goal_ids=[goal["id"]])
        created(await self.reviewer.post("/goals/approval-batches", order))
        answer = await self.officer.get(f"/goals/goals/{goal['id']}")
        return dict(answer.json())

    async def step(
        self, person: Person, goal: dict[str, Any], step: str, body: dict[str, Any]
    ) -> dict[str, Any]:
        """Take a goal one step further."""
        return created(
            await person.post(f"/goals/goals/{goal['id']}/{step}", body, version=goal["version"])
        )


def created(answer: httpx.Response) -> dict[str, Any]:
    """The body of a 201."""
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def unit_row(code: str = "219001") -> dict[str, Any]:
    """A unit as the budget system pushes it."""
    return {
        "code": code,
        "name": f"第{code}单位（示例）",
        "department_code": code[:3],
        "office": "教科文室（示例）",
        "synthetic": True,
    }


def project_row(number: int = 1, **changes: Any) -> dict[str, Any]:
    """A project as the budget system pushes it."""
    return {
        "code": f"64010423T{number:012d}",
        "name": f"路灯改造 {number}（示例）",
        "unit_code": "219001",
        "category": "specific",
        "kind": "new",
        "fiscal_year": 2023,
        "funds": [{"fund_level": "county", "amount": "1000000.00"}],
        "synthetic": True,
    } | changes


def indicator(**changes: Any) -> dict[str, Any]:
    """One indicator row; 50 points of quantity unless said otherwise."""
    return {
        "level1": "output",
        "level2": "quantity",
        "name": "改造路灯数量",
        "operator": ">=",
        "target_value": "120",
        "unit_of_measure": "盏",
        "weight": "50",
    } | changes


def goal_draft(project_code: str, **changes: Any) -> dict[str, Any]:
    """A goal that passes every blocking check."""
    return {
        "project_code": project_code,
        "fiscal_year": 2023,
        "annual_goal": "为城区三条支路更换路灯一百二十盏，方便居民夜间出行。",
        "indicators": [
            indicator(),
            indicator(level1="benefit", level2="social", name="支路亮灯率", target_value="98",
                      unit_of_measure="%", weight="30"),
            indicator(level1="satisfaction", level2="satisfaction", name="居民满意度",
                      target_value="90", unit_of_measure="%", weight="10"),
        ],
    } | changes  # fmt: skip


def batch_order(**changes: Any) -> dict[str, Any]:
    """An approval order for every reviewed goal of 2023."""
    return {
        "document_no": f"财预〔2023〕{uuid4().hex[:6]}号（示例）",
        "fiscal_year": 2023,
        "approved_on": "2023-01-31",
        "goal_ids": None,
    } | changes


def payment_row(
    project_code: str, voucher_no: str, amount: str, paid_on: str = "2023-03-15", **changes: Any
) -> dict[str, Any]:
    """A payment of county funds as the treasury reports it."""
    return {
        "voucher_no": voucher_no,
        "project_code": project_code,
        "fiscal_year": 2023,
        "fund_level": "county",
        "amount": amount,
        "paid_on": paid_on,
    } | changes


def _if_match(version: int | None) -> dict[str, str]:
    return {} if version is None else {"if-match": f'"{version}"'}
