"""Who knocks: verifies the outside token, exchanges it for an internal one per service.

The outside token never goes further than this. What was found is kept per token, so that a
signature is verified once and an internal token is made once in thirty seconds.
"""

import re
from collections import OrderedDict
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Depends
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwt import JWTClaimsRegistry
from starlette.requests import Request

from gateway.dev_issuer import AUDIENCE
from gateway.issuers import Trusted
from shared import clock
from shared.auth import Principal, Role, Tokens, principal_from
from shared.problems import Unauthenticated

_CACHE_SIZE = 4096
_TOKEN_BYTES = 8192
_INTERNAL_SECONDS = 30
#: Headers by which a token would choose the key it is verified with.
_KEY_CHOOSERS = frozenset({"jku", "jwk", "x5u", "x5c", "crit"})
_REGION = re.compile(r"[0-9]{9}")


class Visitor:
    """A principal, until when it is one, and its internal token for each service."""

    __slots__ = ("internal", "principal", "until")

    def __init__(self, principal: Principal, until: float) -> None:
        self.principal = principal
        self.until = until
        self.internal: dict[str, tuple[bytes, float]] = {}


class SignIn:
    """Turns what a request brings into a visitor, and a visitor into an internal token."""

    def __init__(self, trusted: Trusted, tokens: Tokens) -> None:
        self._keys = trusted.keys
        self._tokens = tokens
        self._known: OrderedDict[bytes, Visitor] = OrderedDict()
        self._registry = JWTClaimsRegistry(
            leeway=5,
            iss={"essential": True, "value": trusted.issuer},
            aud={"essential": True, "value": AUDIENCE},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            jti={"essential": True},
        )

    def visitor(self, authorization: bytes) -> Visitor:
        """Who stands behind an Authorization header. Raises Unauthenticated."""
        visitor = self._known.get(authorization)
        if visitor is None:
            visitor = self._remember(authorization, self._verified(authorization))
        if visitor.until < clock.now().timestamp():
            self._known.pop(authorization, None)
            raise _refused("登录已过期")
        return visitor

    def public_visitor(self, region_code: str) -> Visitor:
        """公众: who reads what a region has published. Raises Unauthenticated."""
        if not _REGION.fullmatch(region_code):
            raise _refused("请登录；公众查询请带上 region_code（九位行政区划代码）")
        key = region_code.encode()
        public = Principal("public", "社会公众", frozenset({Role.PUBLIC}), region_code)
        return self._known.get(key) or self._remember(key, Visitor(public, float("inf")))

    def authorization_for(self, visitor: Visitor, service: str) -> bytes:
        """The Authorization header with which the visitor's request goes on to a service."""
        now = clock.now().timestamp()
        token, until = visitor.internal.get(service, (b"", 0.0))
        if until < now:
            token = b"Bearer " + self._tokens.make(service, visitor.principal).encode()
            visitor.internal[service] = (token, now + _INTERNAL_SECONDS)
        return token

    def _remember(self, key: bytes, visitor: Visitor) -> Visitor:
        self._known[key] = visitor
        if len(self._known) > _CACHE_SIZE:
            self._known.popitem(last=False)
        return visitor

    def _verified(self, authorization: bytes) -> Visitor:
        scheme, _, raw = authorization.decode("latin-1").partition(" ")
        if scheme.lower() != "bearer" or not raw:
            raise _refused()
        try:
            if len(raw) > _TOKEN_BYTES:
                raise ValueError("too long")
            token = jwt.decode(raw, self._keys, algorithms=["ES256"])
            self._registry.validate(token.claims)
            _check_header(token.header)
            return Visitor(_outside_principal(token.claims), float(token.claims["exp"]))
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise _refused() from error


def _check_header(header: Mapping[str, Any]) -> None:
    if str(header.get("typ", "")).lower() not in ("at+jwt", "application/at+jwt"):
        raise ValueError("not an access token")
    if not header.get("kid") or header.keys() & _KEY_CHOOSERS:
        raise ValueError("the key is not named by kid alone")


def _outside_principal(claims: Mapping[str, Any]) -> Principal:
    principal = principal_from(claims)
    if not principal.roles or Role.SERVICE in principal.roles:
        raise ValueError("no role, or the one that only processes of this deployment have")
    if not _REGION.fullmatch(principal.region_code):
        raise ValueError("no region")
    return principal


def _refused(detail: str | None = None) -> Unauthenticated:
    return Unauthenticated(detail, headers={"WWW-Authenticate": "Bearer"})


async def _principal(request: Request) -> Principal:
    sign_in: SignIn = request.app.state.sign_in
    header = request.headers.get("authorization", "").encode("latin-1")
    return sign_in.visitor(header).principal


SignedIn = Annotated[Principal, Depends(_principal)]
