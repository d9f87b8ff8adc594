"""One OpenAPI document out of several: pure functions from documents to a document."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

Document = dict[str, Any]

_CLAUSE_END = re.compile(r"[：；。\n]")
_METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})
_REF = "#/components/"
_BEARER = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
_DESCRIPTION = "问效的全部接口：各服务的接口、变更流中的事件（webhooks），以及网关自己的接口。"
#: Answered without signing in.
_OPEN = {
    "/livez": [{}],
    "/readyz": [{}],
    "/dev/token": [{}],
    "/dev/users": [{}],
    "/api/v1/goals/published-goals": [{"bearer": []}, {}],
}


def merged(own: Document, services: Mapping[str, Document], *, missing: list[str]) -> Document:
    """The gateway's own routes and every service's, as the caller sees them."""
    whole = deepcopy(own)
    whole.setdefault("components", {})
    whole["webhooks"] = {}
    whole["info"]["description"] = _DESCRIPTION
    for name, document in services.items():
        _add(whole, _placed(name, document))
    _make_operations_unique(whole, services)
    _summarise(whole)
    whole["components"]["securitySchemes"] = {"bearer": _BEARER}
    whole["security"] = [{"bearer": []}]
    for path, security in _OPEN.items():
        for operation in _operations_of(whole["paths"].get(path, {})):
            operation["security"] = security
    if missing:
        whole["info"]["description"] += f"\n\n暂缺（服务未应答）：{'、'.join(missing)}。"
    return whole


def _placed(service: str, document: Document) -> Document:
    """A service's document with its names prefixed, at its place behind the gateway."""
    renamed = _with_prefixed_refs(document, service)
    return {
        "paths": {
            f"/api/v1/{service}{path}": item
            for path, item in renamed.get("paths", {}).items()
            if path not in ("/livez", "/readyz") and not path.startswith("/ops/")
        },
        "webhooks": renamed.get("webhooks", {}),
        "components": {
            section: {f"{service}_{name}": part for name, part in parts.items()}
            for section, parts in renamed.get("components", {}).items()
        },
    }


def _with_prefixed_refs(node: Any, service: str) -> Any:
    if isinstance(node, dict):
        return {key: _with_prefixed_refs(value, service) for key, value in node.items()}
    if isinstance(node, list):
        return [_with_prefixed_refs(value, service) for value in node]
    if isinstance(node, str) and node.startswith(_REF):
        section, _, name = node.removeprefix(_REF).partition("/")
        return f"{_REF}{section}/{service}_{name}"
    return node


def _add(whole: Document, part: Document) -> None:
    whole["paths"].update(part["paths"])
    whole["webhooks"].update(part["webhooks"])
    for section, parts in part["components"].items():
        whole["components"].setdefault(section, {}).update(parts)


def _make_operations_unique(whole: Document, services: Mapping[str, Document]) -> None:
    """An id that occurs more than once gets its service's name, wherever it occurs."""
    count = Counter(operation["operationId"] for _, operation in _operations(whole))
    for path, operation in _operations(whole):
        service = next((name for name in services if path.startswith(f"/api/v1/{name}/")), None)
        if service and count[operation["operationId"]] > 1:
            operation["operationId"] += f"_{service}"
        if service:
            operation["tags"] = [f"{service} · {tag}" for tag in operation.get("tags", [])]


def _summarise(whole: Document) -> None:
    """The first clause of an operation's description tells a reader more than its id does."""
    for _, operation in _operations(whole):
        description = operation.get("description", "")
        if description:
            operation["summary"] = _CLAUSE_END.split(description, maxsplit=1)[0].strip()


def _operations(whole: Document) -> Iterator[tuple[str, Document]]:
    for section in ("paths", "webhooks"):
        for path, item in whole[section].items():
            for operation in _operations_of(item):
                yield path, operation


def _operations_of(item: Document) -> Iterator[Document]:
    return (operation for method, operation in item.items() if method in _METHODS)
