"""Who calls, what the caller may do, and the 60-second tokens processes show one another.

The gateway verifies the outside token; services accept only an internal ES256 token made for them
(`aud`) by a process of this deployment (`iss` = `kid`). A service's `access.py` declares for each
action which role reaches which rows; an action that stands there for no role is denied to all.
"""

import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import uuid4

from fastapi import Depends, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet
from joserfc.jwt import JWTClaimsRegistry
from starlette.requests import Request

from shared import clock
from shared.problems import Forbidden, Unauthenticated

TOKEN_SECONDS = 60
_CACHE_SIZE = 4096


class Role(StrEnum):
    """角色. `service` is another process of this deployment; `public` needs no sign-in."""

    FINANCE_OFFICER = "finance_officer"
    FINANCE_REVIEWER = "finance_reviewer"
    UNIT_FILLER = "unit_filler"
    UNIT_APPROVER = "unit_approver"
    AGENCY_EVALUATOR = "agency_evaluator"
    EXPERT = "expert"
    AUDITOR = "auditor"
    INTEGRATION = "integration"
    OPERATOR = "operator"
    PUBLIC = "public"
    SERVICE = "service"


#: What the roles are called.
ROLE_LABELS = {
    Role.FINANCE_OFFICER: "财政业务室经办人",
    Role.FINANCE_REVIEWER: "财政绩效审核人",
    Role.UNIT_FILLER: "单位填报人",
    Role.UNIT_APPROVER: "单位审核人",
    Role.AGENCY_EVALUATOR: "第三方机构评价人员",
    Role.EXPERT: "专家",
    Role.AUDITOR: "审计监督人员",
    Role.INTEGRATION: "预算一体化系统",
    Role.OPERATOR: "运维人员",
    Role.PUBLIC: "社会公众",
    Role.SERVICE: "系统内部",
}


class Reach(StrEnum):
    """Which rows of the region an action reaches, widest last."""

    PUBLISHED = "published"
    AGENCY = "agency"
    UNITS = "units"
    REGION = "region"


_WIDTH = list(Reach)

#: action → role → rows. What is not listed is denied.
Policy = Mapping[str, Mapping[Role, Reach]]


@dataclass(frozen=True)
class Principal:
    """The caller, as the token says. `region_code` is empty only for a service."""

    subject: str
    name: str
    roles: frozenset[Role]
    region_code: str
    unit_codes: tuple[str, ...] = ()
    agency_code: str | None = None

    def claims(self) -> dict[str, Any]:
        """The claims that travel in an internal token."""
        return {
            "sub": self.subject,
            "name": self.name,
            "roles": sorted(self.roles),
            "region_code": self.region_code,
            "unit_codes": list(self.unit_codes),
            "agency_code": self.agency_code,
        }


@dataclass(frozen=True)
class Resource:
    """What an action is aimed at: the row's region and owner."""

    region_code: str
    unit_code: str | None = None
    agency_code: str | None = None


@dataclass(frozen=True)
class Decision:
    """Whether, how far, and why not."""

    allowed: bool
    reason: str
    reach: Reach | None = None


@dataclass(frozen=True)
class Caller:
    """A principal whose role was found good for one action, with the rows that it reaches."""

    principal: Principal
    reach: Reach

    @property
    def subject(self) -> str:
        """Who is written down as having done it."""
        return self.principal.subject

    @property
    def region_code(self) -> str:
        """The region every row read or written belongs to."""
        return self.principal.region_code

    @property
    def units(self) -> list[str] | None:
        """The units whose rows are reached; None means the whole region."""
        return list(self.principal.unit_codes) if self.reach is Reach.UNITS else None

    @property
    def agency(self) -> str | None:
        """The agency whose assignments are reached; None means no such limit."""
        return (self.principal.agency_code or "") if self.reach is Reach.AGENCY else None

    def reaches(self, resource: Resource) -> bool:
        """Whether a row named by the request is among those reached."""
        return _outside(self.principal, self.reach, resource) is None


def reach_of(policy: Policy, principal: Principal, action: str) -> Reach | None:
    """The widest reach any of the principal's roles has for the action; None is a denial."""
    reaches = [reach for role, reach in policy.get(action, {}).items() if role in principal.roles]
    return max(reaches, key=_WIDTH.index, default=None)


def permit(
    policy: Policy, principal: Principal, action: str, resource: Resource | None = None
) -> Decision:
    """Decide on an action, and on the row it is aimed at when there is one. Deny by default."""
    reach = reach_of(policy, principal, action)
    if reach is None:
        return Decision(False, "role_lacks_action")
    outside = None if resource is None else _outside(principal, reach, resource)
    return Decision(outside is None, outside or reach.value, reach)


def _outside(principal: Principal, reach: Reach, resource: Resource) -> str | None:
    """Why the row is not reached; the region always has to be the principal's own."""
    if resource.region_code != principal.region_code:
        return "other_region"
    if reach is Reach.UNITS and resource.unit_code not in principal.unit_codes:
        return "other_unit"
    if reach is Reach.AGENCY and resource.agency_code != principal.agency_code:
        return "other_agency"
    return None


class Allowed:
    """The dependency behind `allow`: verifies the token, then asks the policy for the action."""

    def __init__(self, action: str) -> None:
        self.action = action

    async def __call__(self, request: Request) -> Caller:
        """The caller, or 401, or 403."""
        principal = request.app.state.tokens.principal(request.headers.get("authorization", ""))
        decision = permit(request.app.state.policy, principal, self.action)
        if decision.reach is None:
            who = request.app.state.policy.get(self.action, {})
            labels = "、".join(ROLE_LABELS[role] for role in who if role is not Role.SERVICE)
            raise Forbidden(
                f"当前角色不能执行此操作（{self.action}），可以执行的是：{labels or '无'}"
            )
        return Caller(principal, decision.reach)


def allow(action: str) -> Any:
    """`Annotated[Caller, allow("goal.draft")]` in a route's signature declares its action."""
    return Depends(Allowed(action))


def require_declared_actions(app: FastAPI, policy: Policy, *, open_paths: frozenset[str]) -> None:
    """Refuse to start when a route declares no action, or one the policy does not know."""
    for route in app.routes:
        if not isinstance(route, APIRoute) or route.path in open_paths:
            continue
        actions = {
            dependant.call.action
            for dependant in _walk(route.dependant)
            if isinstance(dependant.call, Allowed)
        }
        if len(actions) != 1 or not actions <= policy.keys():
            raise RuntimeError(f"{route.methods} {route.path}: declares {actions or 'no action'}")


def _walk(dependant: Dependant) -> list[Dependant]:
    return [dependant, *(inner for child in dependant.dependencies for inner in _walk(child))]


class Tokens:
    """Makes internal tokens with this process's key and verifies those made for it."""

    def __init__(self, process: str, key_file: Path, jwks_file: Path) -> None:
        self._process = process
        self._key = ECKey.import_key(key_file.read_text(), {"kid": process})
        self._known = KeySet.import_key_set(json.loads(jwks_file.read_text()))
        self._registry = JWTClaimsRegistry(
            leeway=5,
            iss={"essential": True},
            aud={"essential": True, "value": process},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            jti={"essential": True},
        )
        self._seen: OrderedDict[str, tuple[Principal, int]] = OrderedDict()

    def make(self, audience: str, principal: Principal) -> str:
        """A token with which this process speaks to `audience` for `principal`."""
        issued_at = int(clock.now().timestamp())
        claims = {
            **principal.claims(),
            "iss": self._process,
            "aud": audience,
            "iat": issued_at,
            "exp": issued_at + TOKEN_SECONDS,
            "jti": uuid4().hex,
        }
        header = {"alg": "ES256", "kid": self._process, "typ": "at+jwt"}
        return jwt.encode(header, claims, self._key, algorithms=["ES256"])

    def as_itself(self, audience: str) -> str:
        """A token with which this process reads another's feed."""
        return self.make(audience, service_principal(self._process))

    def principal(self, authorization: str) -> Principal:
        """Who stands behind an Authorization header. Raises Unauthenticated."""
        scheme, _, raw = authorization.partition(" ")
        if scheme.lower() != "bearer" or not raw:
            raise Unauthenticated(headers={"WWW-Authenticate": "Bearer"})
        known = self._seen.get(raw)
        if known is None:
            known = self._verify(raw)
            self._seen[raw] = known
            if len(self._seen) > _CACHE_SIZE:
                self._seen.popitem(last=False)
        if known[1] < clock.now().timestamp():
            raise Unauthenticated("内部令牌已过期", headers={"WWW-Authenticate": "Bearer"})
        return known[0]

    def _verify(self, raw: str) -> tuple[Principal, int]:
        try:
            token = jwt.decode(raw, self._known, algorithms=["ES256"])
            self._registry.validate(token.claims)
            if token.header.get("kid") != token.claims["iss"]:
                raise ValueError("kid does not belong to iss")
            return principal_from(token.claims), int(token.claims["exp"])
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise Unauthenticated(headers={"WWW-Authenticate": "Bearer"}) from error


def principal_from(claims: Mapping[str, Any]) -> Principal:
    """The principal a verified token's claims describe. Raises ValueError or KeyError."""
    return Principal(
        subject=str(claims["sub"]),
        name=str(claims.get("name") or claims["sub"]),
        roles=frozenset(Role(role) for role in claims["roles"]),
        region_code=str(claims["region_code"]),
        unit_codes=tuple(str(code) for code in claims.get("unit_codes") or ()),
        agency_code=claims.get("agency_code"),
    )


def service_principal(process: str) -> Principal:
    """A process of this deployment, speaking for itself."""
    return Principal(f"svc:{process}", process, frozenset({Role.SERVICE}), region_code="")
