"""The ASGI app in front: requests for a service take the short way, past FastAPI."""

from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from gateway.forwarding import Forwarder
from shared.trace import RequestContext


class Entrance:
    """Every request passes exactly one `RequestContext`: this one's, or the app's own."""

    def __init__(self, app: FastAPI, forwarder: Forwarder) -> None:
        self.app = app
        self._takes = forwarder.takes
        self._forwarding = RequestContext(forwarder, process="gateway")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Forward, or let the gateway's own routes answer."""
        if scope["type"] == "http" and self._takes(scope["raw_path"]):
            await self._forwarding(scope, receive, send)
        else:
            await self.app(scope, receive, send)
