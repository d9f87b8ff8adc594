"""The merged interface description and its page; nothing is fetched from outside."""

import asyncio
from importlib.resources import files

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.responses import HTMLResponse, JSONResponse
from starlette.staticfiles import StaticFiles

from gateway.openapi import Document, merged
from gateway.settings import SERVICES
from shared.http import Peers
from shared.problems import Problem

_FRESH_SECONDS = 30
#: A service writes its description when it is first asked: seconds of work on a busy machine.
_PATIENCE_SECONDS = 15
_ASSETS = "/docs-assets"


class Descriptions:
    """The services' descriptions, asked for again after a while; the last good one is kept."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._known: dict[str, Document] = {}
        self._whole: Document = {}
        self._until = 0.0
        self._asking = asyncio.Lock()

    async def whole(self) -> Document:
        """The merged document."""
        async with self._asking:
            now = asyncio.get_running_loop().time()
            if self._until < now:
                missing = await self._ask(self._app.state.peers)
                self._whole = merged(self._app.openapi(), self._known, missing=missing)
                self._until = now + (_FRESH_SECONDS if not missing else 1)
            return self._whole

    async def _ask(self, peers: Peers) -> list[str]:
        answers = await asyncio.gather(
            *(peers.get(name, "/openapi.json", timeout=_PATIENCE_SECONDS) for name in SERVICES),
            return_exceptions=True,
        )
        silent = []
        for name, answer in zip(SERVICES, answers, strict=True):
            if isinstance(answer, Problem):
                silent.append(name)
            elif isinstance(answer, BaseException):
                raise answer
            else:
                self._known[name] = answer.json()
        return silent


def add_documents(app: FastAPI) -> None:
    """`/openapi.json` and `/docs`, with the page's files served from here."""
    descriptions = Descriptions(app)

    @app.get("/openapi.json", include_in_schema=False)
    async def get_openapi_document() -> JSONResponse:
        """All services' routes and events in one document."""
        return JSONResponse(await descriptions.whole())

    @app.get("/docs", include_in_schema=False)
    async def get_docs_page() -> HTMLResponse:
        """The page that shows the document."""
        return get_swagger_ui_html(
            openapi_url="/openapi.json",
            title="问效 · 接口文档",
            swagger_js_url=f"{_ASSETS}/swagger-ui-bundle.js",
            swagger_css_url=f"{_ASSETS}/swagger-ui.css",
            swagger_favicon_url=f"{_ASSETS}/favicon.png",
            # Without this the page asks a validator on the internet for a badge.
            swagger_ui_parameters={"validatorUrl": None, "persistAuthorization": True},
        )

    static = str(files("fastapi_offline") / "static")
    app.mount(_ASSETS, StaticFiles(directory=static), name="docs-assets")
