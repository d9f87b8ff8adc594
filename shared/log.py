"""JSON lines on standard output; every line carries the request's ids."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, cast

import orjson
import structlog

from shared import clock
from shared.ids import outgoing_ids, trace_id_of


def configure_logging(process: str, level: str) -> None:
    """Send structlog and standard logging alike through one JSON formatter."""
    chain: list[structlog.typing.Processor] = [
        _with_ids,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        lambda _logger, _name, event: {"process": process, **event},
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=chain,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for noisy in ("httpx", "httpcore", "uvicorn.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).handlers = []
    structlog.configure(
        processors=[*chain, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        cache_logger_on_first_use=True,
    )


class AccessLog:
    """One line per answer; written without logging's detour, which costs more than most answers."""

    def __init__(self, process: str) -> None:
        self._process = process

    @property
    def enabled(self) -> bool:
        """Whether the level lets these lines out."""
        return logging.root.level <= logging.INFO

    def write(self, **fields: object) -> None:
        """Write one line, at once."""
        line = {"process": self._process, "level": "info", "event": "request", **fields}
        line["timestamp"] = clock.now()
        sys.stdout.write(orjson.dumps(line).decode() + "\n")
        sys.stdout.flush()


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger whose keyword arguments become fields of the JSON line."""
    return cast(structlog.stdlib.BoundLogger, structlog.get_logger(name))


def _with_ids(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    ids = outgoing_ids.get()
    if ids is not None:
        event["request_id"] = ids["x-request-id"]
        event["trace_id"] = trace_id_of(ids["traceparent"])
    return event
