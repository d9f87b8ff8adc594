"""Where a client finds what a service answers for: at the gateway, under the service's name."""

from starlette.requests import Request


def outside_path(request: Request) -> str:
    """The request's path as the client wrote it; the gateway takes its first part off."""
    process = getattr(getattr(request.scope.get("app"), "state", None), "process", None)
    path = request.url.path
    return path if process is None else f"/api/v1/{process}{path}"
