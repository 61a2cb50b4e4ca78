"""Takes the README's screenshots: `python scripts/screenshots.py` on a fresh copy of the reference project.

Chromium is Debian's, or the one that PODIUM_CHROMIUM names.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from playwright.sync_api import Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
PODIUM = Path(sys.executable).with_name("podium")
QUESTION = "How long does a card refund take?"
REFUND = "Please refund order O-10004 in full, the kettle was broken"


@contextmanager
def served() -> Iterator[str]:
    """The address of a server with a project of its own."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "support-desk"
        subprocess.run([PODIUM, "new", folder], check=True, stdout=subprocess.DEVNULL)
        command: list[str | Path] = [PODIUM, "dev", "--no-reload", "--no-browser", "--port", "0", "--json"]
        with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as process:
            try:
                if process.stdout is None:
                    raise RuntimeError("the server's answer cannot be read")
                yield json.loads(process.stdout.readline())["url"]
            finally:
                process.terminate()


def say(url: str, text: str) -> str:
    """Have a request answered; its thread."""
    with httpx.Client(base_url=url, timeout=120, trust_env=False) as client:
        thread: str = client.post("/threads", json={}).json()["thread_id"]
        body = {"assistant_id": "support_desk", "input": {"messages": [{"role": "user", "content": text}]}}
        client.post(f"/threads/{thread}/runs/wait", json=body).raise_for_status()
        return thread


def take(page: Page, address: str, name: str, shown: str) -> None:
    """Open an address and keep what it shows, once it shows what a selector finds and loads nothing more."""
    page.goto(address)
    expect(page.get_by_role("main").locator(shown).first).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="Loading")).to_have_count(0)
    page.screenshot(path=IMAGES / f"{name}.png")


def main() -> int:
    """Take them all."""
    path = os.environ.get("PODIUM_CHROMIUM") or shutil.which("chromium")
    if path is None:
        sys.stderr.write("no Chromium: install it, or name it in PODIUM_CHROMIUM\n")
        return 2
    IMAGES.mkdir(parents=True, exist_ok=True)
    with served() as url, sync_playwright() as playwright:
        answered, waiting = say(url, QUESTION), say(url, REFUND)
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(f"{url}/ui/threads/{answered}")
        page.get_by_role("button", name="Source 1").click()
        take(page, page.url, "chat", "mark")
        take(page, f"{url}/ui/approvals", "approvals", "button:has-text('Approve')")
        take(page, f"{url}/ui/threads/{waiting}/why", "why", "h2")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
