"""The container's health check: exit 0 when this process answers `/readyz`."""

import os
import sys
import urllib.error
import urllib.request


def main() -> int:
    """Ask the process in this container."""
    url = f"http://127.0.0.1:{os.environ.get('UVICORN_PORT', '8080')}/readyz"
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return 0 if answer.status == 200 else 1
    except (urllib.error.URLError, OSError):
        return 1


if __name__ == "__main__":
    sys.exit(main())
