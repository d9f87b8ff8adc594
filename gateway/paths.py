"""Which service a path belongs to, decided on the very bytes that are sent on."""

import re

from shared.problems import MalformedRequest, NotFound

PREFIX = b"/api/v1/"
#: Ways to write a path that one server reads differently from the next.
_TRICKS = re.compile(rb"//|/\.{1,2}(?:[/;]|$)|\\|%(?:00|2e|2f|5c)", re.IGNORECASE)
#: Where files are taken: they may be larger, and take longer, than what fits in a form.
_UPLOADS = re.compile(
    rb"/(?:[a-z-]+-import-jobs|form-imports(?:/[^/]+)*|[a-z-]+/[^/]+/(?:evidence-files|working-papers))"
)
#: What a process says of itself is for those who run it, not for callers from outside.
_INSIDE = frozenset({"/livez", "/readyz", "/metrics", "/openapi.json"})


def is_tricky(raw_path: bytes) -> bool:
    """Whether the path has empty or dot segments, encoded separators or NUL."""
    return _TRICKS.search(raw_path) is not None


def split(raw_path: bytes) -> tuple[bytes, bytes]:
    """`/api/v1/goals/units` as `goals` and `/units`; the service is empty for other paths."""
    if not raw_path.startswith(PREFIX):
        return b"", raw_path
    service, slash, rest = raw_path[len(PREFIX) :].partition(b"/")
    return service, slash + rest


def check(raw_path: bytes, rest: bytes, decoded_path: str) -> None:
    """Raise MalformedRequest or NotFound for what is never sent on."""
    if is_tricky(raw_path):
        raise MalformedRequest("路径中不允许 //、.、..、反斜杠及其编码")
    if not rest or decoded_path[decoded_path.index("/", len(PREFIX)) :] in _INSIDE:
        raise NotFound


def takes_files(rest: bytes) -> bool:
    """Whether the path behind the service's name is one to upload to."""
    return _UPLOADS.fullmatch(rest) is not None
