"""Header hygiene: what crosses the gateway, and what the gateway itself says."""

from functools import lru_cache

from shared.problems import MalformedRequest

Headers = list[tuple[bytes, bytes]]

#: RFC 9110 §7.6.1: meant for one connection only.
_HOP_BY_HOP = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
#: What a caller may not say to a service: it is the gateway's to say, or nobody's.
_NOT_INWARD = _HOP_BY_HOP | {
    b"authorization",
    b"cookie",
    b"expect",
    b"forwarded",
    b"host",
    b"traceparent",
    b"via",
    b"x-real-ip",
    b"x-request-id",
}
_NOT_INWARD_PREFIXES = (b"x-forwarded-", b"x-user", b"x-internal")
#: Two of these, and two servers may each believe another one.
_ONCE = frozenset(
    {
        b"authorization",
        b"content-length",
        b"host",
        b"idempotency-key",
        b"if-match",
        b"transfer-encoding",
    }
)
#: This process sets its own date and request id; what runs behind it is nobody's business.
_NOT_OUTWARD = _HOP_BY_HOP | {b"date", b"server", b"x-powered-by", b"x-request-id"}


def inward(headers: Headers) -> Headers:
    """What of a request's headers a service gets to see."""
    named = _named_by_connection(headers)
    return [header for header in headers if _goes_inward(header[0]) and header[0] not in named]


def outward(headers: Headers, *, bodiless: bool) -> Headers:
    """What of an answer's headers the caller gets to see; 204 and 304 have no length."""
    drop = _named_by_connection(headers)
    if bodiless:
        drop = (*drop, b"content-length")
    return [header for header in headers if header[0] not in _NOT_OUTWARD and header[0] not in drop]


def single(headers: Headers) -> dict[bytes, bytes]:
    """The headers by name. Raises MalformedRequest when one that decides comes twice."""
    by_name = dict(headers)
    if len(by_name) != len(headers):
        names = [name for name, _ in headers if name in _ONCE]
        if len(names) != len(set(names)):
            raise MalformedRequest("Host、Authorization、Content-Length 等请求头只能各有一个")
    return by_name


@lru_cache(maxsize=1024)
def _goes_inward(name: bytes) -> bool:
    return not (
        name in _NOT_INWARD
        or name.startswith(_NOT_INWARD_PREFIXES)
        or b"_" in name  # `x_user` reads like `x-user` in many a framework
    )


def _named_by_connection(headers: Headers) -> tuple[bytes, ...]:
    for name, value in headers:
        if name == b"connection" and value.lower() not in (b"keep-alive", b"close"):
            return tuple(part.strip() for part in value.lower().split(b","))
    return ()
