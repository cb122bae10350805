"""The README's pictures: `python -m tests.web.tour` works published cases in a demo office, and takes them.

Needs Chromium and an installed package (`pip install -e '.[test]'`); writes web/static/tour/*.png.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from engine import Engine
from tests.acceptance.clerks import PASSWORD, Clerks, open_office, registered, script
from web.server import BUNDLES, Place

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "web" / "static" / "tour"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-sync",
    "--lang=zh-CN",
)
WIDE, NARROW = (1440, 900), (390, 844)


class WorkingDays:
    """A clock that goes on two hours at each step, so that the timeline looks like work."""

    def __init__(self, days_ago: int) -> None:
        self.now = datetime.now(UTC).replace(hour=1, minute=30) - timedelta(days=days_ago)

    def __call__(self) -> datetime:
        return self.now

    def step(self, hours: float) -> None:
        """Go on, but never past the present."""
        self.now = min(self.now + timedelta(hours=hours), datetime.now(UTC))


def today(value: Any, day: date) -> Any:
    """The same answers, given on this day: the scripts date their work in 2026."""
    if isinstance(value, dict):
        return {name: today(item, day) for name, item in value.items()}
    if isinstance(value, list):
        return [today(item, day) for item in value]
    if isinstance(value, str) and re.fullmatch(r"2026-\d\d-\d\d", value):
        return day.isoformat()
    return value


def furnish(place: Place) -> None:
    """One case announced, one before the team's findings, one just proposed, the others untouched."""
    place.prepare()
    clock = WorkingDays(46)
    engine = Engine.open(place.database_url, resources=BUNDLES, clock=clock)
    try:
        open_office(engine)
        for name, until, hours in (
            ("C01", "discipline", 19),
            ("C07", "find_person", 3),
            ("C20", "propose", 1),
        ):
            work = script(name)
            clerks = Clerks(engine, registered(engine, work["start"]["variables"]["线索标题"]))
            for step in work["steps"]:
                if step["do"] == until:
                    break
                clerks.follow([{**step, "values": today(step["values"], clock.now.date())}])
                clock.step(hours)
        register_more(engine, clock)
    finally:
        engine.close()


def register_more(engine: Engine, clock: WorkingDays) -> None:
    """Further clues on further days, most of them taken by one registrar."""
    like = script("C07")["start"]["variables"]
    for days, title in (
        (18, "区法院庭长私自驾驶警车"),
        (13, "县法院法官工作时间打牌"),
        (6, "公安分局高考移民审查不严"),
    ):
        clock.now = datetime.now(UTC) - timedelta(days=days, hours=2)
        engine.start("accountability", {**like, "线索标题": title}, by="xsdj2")
        engine.run_due_jobs()
    for row in engine.inbox("xsdj", "claimable").items:
        engine.claim(row.task.id, by="xsdj")


@contextmanager
def serving(place: Place) -> Iterator[str]:
    """The program as `wenze serve` runs it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    command = [sys.executable, "-c", "from web.cli import main; main()", "serve", "--data", str(place.data)]
    process = subprocess.Popen([*command, "--port", port], cwd=ROOT, env=dict(os.environ))
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(f"{url}/health")
        yield url
    finally:
        process.terminate()
        process.wait(20)


def _wait(url: str) -> None:
    for _ in range(100):
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the server does not answer")


def desk(browser: Browser, url: str, login: str, size: tuple[int, int]) -> Page:
    """A signed-in page."""
    width, height = size
    context = browser.new_context(
        base_url=url, viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label("账号").fill(login)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/inbox*")
    return page


def take(page: Page, name: str) -> None:
    """One picture."""
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(800)
    page.screenshot(path=PICTURES / f"{name}-{page.viewport_size['width']}.png")


def photograph(browser: Browser, url: str) -> None:
    """Inbox, task and case in both widths; the editor in one."""
    for size in (WIDE, NARROW):
        take(desk(browser, url, "xsdj", size), "inbox")
        page = desk(browser, url, "cbr2" if size == WIDE else "cbzr", size)
        page.goto("/inbox/claimable")
        page.get_by_role("button", name="认领").first.click()
        take(page, "task")
        page = desk(browser, url, "ajgl", size)
        page.goto("/cases")
        take(page, "cases")
        page.get_by_role("link", name="擅自对村镇银行储户赋红码").click()
        take(page, "case")
    page = desk(browser, url, "lcgl", WIDE)
    page.goto("/processes/initiation/edit")
    take(page, "editor")


def main() -> None:
    """Make the pictures."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder) / "data")
        furnish(place)
        with serving(place) as url, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))
            photograph(browser, url)
            browser.close()


if __name__ == "__main__":
    main()
