"""What axe-core says of a page: WCAG 2.2 AA and good practice."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
_AXE = Axe()


def violations(page: Page, *sizes: dict[str, int]) -> list[str]:
    """What is wrong with the page as it stands in these sizes of the window; the last one stays."""
    found = list[str]()
    for size in sizes:
        page.set_viewport_size(size)
        at = f"{page.url} at {size['width']}"
        for rule in _AXE.run(page).response["violations"]:
            found += [
                f"{at}: {rule['id']}: {node['html'][:160]} {node['failureSummary']}" for node in rule["nodes"]
            ]
    return found
