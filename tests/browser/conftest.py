"""A headless Chromium driven over its debugging pipe: what a page asks for, logs and shows."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any, Self

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
# Without these a browser calls its maker at every start.
QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-quic", "--disable-dev-shm-usage",
    "--hide-scrollbars",
)  # fmt: skip
PATIENCE = 30.0


class Browser:
    """One browser process. Commands and events are JSON, each ended by a zero byte, on two pipes."""

    def __init__(self, profile: Path) -> None:
        theirs_in, self._out = os.pipe()
        self._in, theirs_out = os.pipe()
        assert CHROMIUM is not None
        command = [CHROMIUM, *QUIET, f"--user-data-dir={profile}", "--remote-debugging-pipe", "about:blank"]
        # It wants them as descriptors 3 and 4.
        script = f'exec "$0" "$@" 3<&{theirs_in} 4>&{theirs_out}'
        self._process = subprocess.Popen(
            ["bash", "-c", script, *command],
            pass_fds=(theirs_in, theirs_out),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._numbers = count(1)
        self._messages: SimpleQueue[dict[str, Any]] = SimpleQueue()
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        rest = b""
        while chunk := os.read(self._in, 1 << 16):
            *whole, rest = (rest + chunk).split(b"\0")
            for each in whole:
                self._messages.put(json.loads(each))

    def message(self, wait: float = PATIENCE) -> dict[str, Any]:
        """The next answer or event. Raises `Empty` when there is none in time."""
        return self._messages.get(timeout=wait)

    def send(self, method: str, session: str | None = None, **parameters: Any) -> int:
        """Send a command; its answer comes with the number returned here."""
        number = next(self._numbers)
        command = {"id": number, "method": method, "params": parameters}
        if session is not None:
            command["sessionId"] = session
        os.write(self._out, json.dumps(command).encode() + b"\0")
        return number

    def call(self, method: str, **parameters: Any) -> Any:
        """A command to the browser as a whole, with its answer."""
        number = self.send(method, **parameters)
        while True:
            message = self.message()
            if message.get("id") == number:
                assert "error" not in message, message
                return message["result"]

    def open(self, url: str, width: int = 1280, height: int = 900) -> Page:
        """A new tab at `url`, watched from its first request."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = Page(self, session, target)
        for domain in ("Page", "Runtime", "Network", "Log"):
            page.call(f"{domain}.enable")
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        page.call("Emulation.setDeviceMetricsOverride", **size)
        page.call("Page.navigate", url=url)
        page.until("document.readyState === 'complete'")
        return page

    def close(self) -> None:
        """End the browser."""
        self.send("Browser.close")
        self._process.wait(timeout=PATIENCE)
        self._reader.join(timeout=PATIENCE)
        os.close(self._in)
        os.close(self._out)


@dataclass
class Page:
    """One tab: `requests` are the URLs it asked for, `complaints` what it logged as wrong."""

    browser: Browser
    session: str
    target: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def call(self, method: str, **parameters: Any) -> Any:
        """A command to this tab, with its answer; events that come before it are noted."""
        number = self.browser.send(method, self.session, **parameters)
        while True:
            message = self.browser.message()
            if message.get("id") == number:
                assert "error" not in message, message
                return message["result"]
            self._note(message)

    def _note(self, message: dict[str, Any]) -> None:
        if message.get("sessionId") != self.session:
            return
        found = message.get("params", {})
        match message["method"]:
            case "Network.requestWillBeSent":
                self.requests.append(found["request"]["url"])
            case "Runtime.exceptionThrown":
                details = found["exceptionDetails"]
                self.complaints.append(details.get("exception", {}).get("description") or details["text"])
            case "Runtime.consoleAPICalled" if found["type"] in ("error", "warning", "assert"):
                self.complaints.append(" ".join(_text(each) for each in found["args"]))
            case "Log.entryAdded" if found["entry"]["level"] in ("error", "warning"):
                self.complaints.append(f"{found['entry']['text']} {found['entry'].get('url', '')}")

    def run(self, script: str) -> Any:
        """The value of a JavaScript expression; promises are awaited."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def until(self, condition: str) -> None:
        """Wait until an expression is truthy."""
        end = time.monotonic() + PATIENCE
        while not self.run(f"Boolean({condition})"):
            assert time.monotonic() < end, f"never true: {condition}; {self.complaints}"
            time.sleep(0.05)

    def settle(self, quiet: float = 0.15) -> None:
        """Wait until the page has been silent for a while."""
        while True:
            try:
                self._note(self.browser.message(quiet))
            except Empty:
                return

    def screenshot(self, path: Path, *, whole: bool = False) -> None:
        """A picture of the page."""
        answer = self.call("Page.captureScreenshot", captureBeyondViewport=whole, **self._clip(whole=whole))
        path.write_bytes(base64.b64decode(answer["data"]))

    def _clip(self, *, whole: bool) -> dict[str, Any]:
        if not whole:
            return {}
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        return {"clip": {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.browser.call("Target.closeTarget", targetId=self.target)


def _text(argument: dict[str, Any]) -> str:
    """What a logged value looks like."""
    return str(argument.get("value", argument.get("description")))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A browser with an empty profile."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        running = Browser(Path(profile))
        yield running
        running.close()
