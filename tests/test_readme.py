"""The lines of curl in the README work as printed."""

import asyncio
import shutil
from pathlib import Path

import pytest

from deploy.local import ROOT, Stack


def printed_lines(page: Path) -> list[str]:
    """The curl block, as a reader would paste it."""
    block = page.read_text("utf-8").split("curl\n\n", 1)[1].split("\n\n    API=", 1)[1]
    lines = ["API=" + block.split("\n\n", 1)[0]]
    return [line.strip() for line in "\n".join(lines).splitlines()]


@pytest.mark.skipif(shutil.which("curl") is None, reason="this machine has no curl")
@pytest.mark.parametrize("page", ["README.md", "README.en.md"])
async def test_the_lines_of_curl_work_as_printed(stack: Stack, page: str) -> None:
    lines = printed_lines(ROOT / page)
    assert len(lines) == 10
    assert lines[0] == "API=http://127.0.0.1:8080"
    script = "\n".join(["set -eu", f"API={stack.url}", *lines[1:]])
    process = await asyncio.create_subprocess_exec(
        "sh", "-c", script.replace("curl -s ", "curl -sS --fail-with-body "),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    printed, _ = await process.communicate()
    said = printed.decode(errors="replace")  # `head -c` may cut a character in two
    assert process.returncode == 0, said
    assert "urn:wenxiao:problem" not in said
    assert said.count("{") >= 7
