"""The development issuer: signs in the demo's users with one well-known password."""

import csv
import hmac
from pathlib import Path
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Form
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from shared import clock
from shared.auth import ROLE_LABELS, Principal, Role
from shared.fields import Out
from shared.problems import Unauthenticated

ISSUER = "https://wenxiao.invalid/dev"
AUDIENCE = "wenxiao"
KID = "dev-issuer"
PASSWORD = "wenxiao-demo"
TOKEN_SECONDS = 8 * 3600


class TokenOut(Out):
    """An access token, as OAuth 2 answers it."""

    access_token: str
    token_type: str
    expires_in: int


class DemoUser(Out):
    """A user of the demo."""

    username: str
    name: str
    roles: list[Role]
    role_labels: list[str]
    region_code: str
    unit_codes: list[str]
    agency: str | None


class DemoUsers(Out):
    """Everyone who can sign in here, and with what."""

    items: list[DemoUser]
    password_hint: str


def read_key(path: Path) -> ECKey:
    """The issuer's private key with its `kid`."""
    return ECKey.import_key(path.read_text(), {"kid": KID})


def mint(principal: Principal, key: ECKey, *, seconds: int = TOKEN_SECONDS) -> str:
    """An access token for any principal, good at the gateway that trusts the key."""
    issued_at = int(clock.now().timestamp())
    claims = {
        **principal.claims(),
        "iss": ISSUER,
        "aud": AUDIENCE,
        "iat": issued_at,
        "exp": issued_at + seconds,
        "jti": uuid4().hex,
    }
    header = {"alg": "ES256", "kid": KID, "typ": "at+jwt"}
    return jwt.encode(header, claims, key, algorithms=["ES256"])


class DevIssuer:
    """Knows the demo's users; everything it signs ends after a working day."""

    def __init__(self, key_file: Path, users_file: Path) -> None:
        self._key = read_key(key_file)
        with users_file.open(encoding="utf-8", newline="") as lines:
            self._users = {row["username"]: _principal(row) for row in csv.DictReader(lines)}

    def public_keys(self) -> KeySet:
        """What the gateway verifies with."""
        return KeySet([ECKey.import_key(self._key.as_dict(private=False), {"kid": KID})])

    def sign_in(self, username: str, password: str) -> str:
        """A token for a demo user. Raises Unauthenticated."""
        principal = self._users.get(username)
        if principal is None or not hmac.compare_digest(password.encode(), PASSWORD.encode()):
            raise Unauthenticated("用户名或密码不对", headers={"WWW-Authenticate": "Bearer"})
        return mint(principal, self._key)

    def users(self) -> list[DemoUser]:
        """The users in the order of their file."""
        return [_out(principal) for principal in self._users.values()]


def routes_of(issuer: DevIssuer | None) -> list[APIRouter]:
    """`/dev/token` and `/dev/users`, if this issuer is the trusted one."""
    if issuer is None:
        return []
    router = APIRouter(prefix="/dev", tags=["dev"])

    @router.post("/token")
    async def sign_in(
        username: Annotated[str, Form(max_length=100)],
        password: Annotated[str, Form(max_length=100)],
    ) -> TokenOut:
        """演示用登录：以表单提交用户名与密码，得到访问令牌。仅开发环境、仅本机可用。"""
        token = issuer.sign_in(username, password)
        return TokenOut(access_token=token, token_type="Bearer", expires_in=TOKEN_SECONDS)

    @router.get("/users")
    async def list_demo_users() -> DemoUsers:
        """可登录的演示用户。仅开发环境、仅本机可用。"""
        return DemoUsers(items=issuer.users(), password_hint=PASSWORD)

    return [router]


def _principal(row: dict[str, str]) -> Principal:
    return Principal(
        subject=row["username"],
        name=row["name"],
        roles=frozenset(Role(role) for role in _split(row["roles"])),
        region_code=row["region_code"],
        unit_codes=tuple(_split(row["unit_codes"])),
        agency_code=row["agency"] or None,
    )


def _split(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";") if part.strip()]


def _out(principal: Principal) -> DemoUser:
    roles = sorted(principal.roles)
    return DemoUser(
        username=principal.subject,
        name=principal.name,
        roles=roles,
        role_labels=[ROLE_LABELS[role] for role in roles],
        region_code=principal.region_code,
        unit_codes=list(principal.unit_codes),
        agency=principal.agency_code,
    )
