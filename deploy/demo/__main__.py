"""The demo: `python -m deploy.demo` boots everything, plays 兴庆区 2023, then serves until Ctrl-C."""

import argparse
import asyncio
import os
import shutil
import sys
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from sqlalchemy.exc import DBAPIError

from deploy.demo.client import PlayFailed
from deploy.demo.play import play
from deploy.demo.progress import Show
from deploy.demo.report import print_entrances, print_year, wrong_figures
from deploy.local import ROOT, StartFailed, ports_from, running_stack, stop_signal
from deploy.postgres import given_url

VAR = ROOT / "var" / "demo"
LOG = VAR / "processes.log"
DOCUMENT = VAR / "2023-年度总结.docx"
_INTERRUPTED = 130
_DEATH = "death"
_AGAIN = "再运行一次会从停下的地方继续；要从空库开始请用 make demo FRESH=1"


async def play_and_check(url: str, console: Console, document: Path) -> int:
    """Play, print the year, compare it with the printed report: 0, or 1 for a wrong figure."""
    began = time.monotonic()
    console.print("[bold]问效 · 兴庆区 2023 年度[/bold]")
    console.print("[dim]合成的示例数据：只有公开材料印出的名称、得分和合计是事实[/dim]")
    year = await play(url, Show(console))
    _save(document, year.document)
    print_year(console, year, document)
    wrong = wrong_figures(year)
    for line in wrong:
        console.print(f"[red]与公开材料不符：{line}[/red]")
    if not wrong:
        console.print("[green]以上数字已与公开材料逐项核对，全部一致[/green]")
    console.print(f"[dim]用时 {time.monotonic() - began:.0f} 秒[/dim]")
    return 1 if wrong else 0


def _save(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


async def demo(
    console: Console, ports: dict[str, int] | None, document: Path, *, leave: bool
) -> int:
    """Boot, play, serve; Ctrl-C or the death of a process ends it."""
    VAR.mkdir(parents=True, exist_ok=True)
    interrupted = asyncio.create_task(stop_signal())
    with LOG.open("a", buffering=1, encoding="utf-8") as log:
        async with running_stack(VAR, ports=ports, log=log) as stack:
            playing = asyncio.create_task(play_and_check(stack.url, console, document))
            death = asyncio.create_task(stack.first_death(), name=_DEATH)
            try:
                await _first_of(playing, death, interrupted)
                if not playing.done():
                    print(f"已中断；{_AGAIN}", file=sys.stderr)
                    return _INTERRUPTED
                code = playing.result()
                if code == 0 and not leave:
                    print_entrances(console, stack.url, LOG)
                    await _first_of(death, interrupted)
                return code
            finally:
                playing.cancel()
                death.cancel()
                await asyncio.gather(playing, death, return_exceptions=True)


async def _first_of(*tasks: asyncio.Task[Any]) -> None:
    """Until one is over. Raises PlayFailed when that is the task which waits for a death."""
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    deaths = [task.result() for task in done if task.get_name() == _DEATH]
    if deaths:
        name, code = deaths[0]
        raise PlayFailed(f"{name} 已退出（{code}），日志在 {LOG}")


def start_fresh() -> None:
    """Delete what an earlier demo left. Raises StartFailed while its database still runs."""
    if given_url():
        raise StartFailed("FRESH 只清空自带的数据库；DATABASE_URL 指定的请自行清空")
    pid_file = VAR / "postgres" / "postmaster.pid"
    if pid_file.exists() and _runs(int(pid_file.read_text().split()[0])):
        raise StartFailed(f"上一次演示还在运行（{pid_file}），请先结束它")
    shutil.rmtree(VAR, ignore_errors=True)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def main() -> int:
    """Command line of the demo."""
    parser = argparse.ArgumentParser(description="在本机演示兴庆区 2023 年度")
    leave = os.environ.get("EXIT", "0") not in ("", "0")
    parser.add_argument("--exit", action="store_true", default=leave, help="演完即退出")
    parser.add_argument("--fresh", action="store_true", help="先清空上一次演示的数据")
    parser.add_argument("--port-base", type=int, default=os.environ.get("PORT_BASE") or None)
    parser.add_argument("--play-only", metavar="URL", help="在已运行的网关上演示")
    parser.add_argument("--document", type=Path, default=DOCUMENT, help="年度总结存到哪里")
    arguments = parser.parse_args()
    console = Console(highlight=False)
    try:
        if arguments.play_only:
            return asyncio.run(play_and_check(arguments.play_only, console, arguments.document))
        if arguments.fresh:
            start_fresh()
        ports = ports_from(arguments.port_base)
        return asyncio.run(demo(console, ports, arguments.document, leave=arguments.exit))
    except (StartFailed, OSError, DBAPIError) as error:
        print(f"无法演示：{error}（进程日志 {LOG}）", file=sys.stderr)
    except PlayFailed as error:
        print(f"演示中断：{error}\n{_AGAIN}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
