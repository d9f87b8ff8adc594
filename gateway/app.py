"""The gateway."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from gateway import dev_issuer, documents, ops, views
from gateway.entrance import Entrance
from gateway.forwarding import Forwarder
from gateway.issuers import trusted_issuer
from gateway.settings import Settings
from gateway.sign_in import SignIn
from gateway.upstream import Upstream
from shared.app import create_app
from shared.auth import Tokens
from shared.http import Peers


def create(settings: Settings | None = None) -> Entrance:
    """What `uvicorn --factory` calls; refuses to start without a trusted issuer."""
    settings = settings or Settings()
    trusted = trusted_issuer(settings)
    tokens = Tokens("gateway", settings.key_file, settings.internal_jwks_file)
    app = create_app("gateway", title="问效", settings=settings, lifespan=_run, openapi_url=None)
    app.state.sign_in = SignIn(trusted, tokens)
    app.state.peers = Peers(tokens, settings.urls())
    app.state.upstreams = {name: Upstream(name, url) for name, url in settings.urls().items()}
    documents.add_documents(app)
    for router in (views.router, ops.router, *dev_issuer.routes_of(trusted.development)):
        app.include_router(router)
    return Entrance(app, Forwarder(app.state.upstreams, app.state.sign_in, settings))


@asynccontextmanager
async def _run(app: FastAPI) -> AsyncIterator[None]:
    yield
    await app.state.peers.close()
    for upstream in app.state.upstreams.values():
        upstream.close()
