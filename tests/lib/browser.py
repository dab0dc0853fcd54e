"""A headless Chromium, driven by its own protocol over a pair of pipes: no driver and no port."""

import base64
import contextlib
import json
import os
import pathlib
import selectors
import shutil
import subprocess
import tempfile
import time

from lib.build import program

PATIENCE = 60
# What comes from the page itself.
LOCAL_SCHEMES = ("file:", "data:", "about:", "blob:")


class Browser:
    """Leaving the `with` ends it and whatever it started."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="unitls-browser-"))
        commands, self._commands = os.pipe()
        self._answers, answers = os.pipe()
        self._child = subprocess.Popen(
            ["bash", "-c", f'exec 3<&{commands} 4>&{answers} "$@"', "bash", program("chromium"), "--headless=new",
             "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-extensions",
             "--disable-background-networking", "--disable-component-update", "--disable-sync",
             "--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={self.folder}", "about:blank"],
            pass_fds=(commands, answers), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True, env={**os.environ, "HOME": str(self.folder)})
        os.close(commands)
        os.close(answers)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._answers, selectors.EVENT_READ)
        self._received = b""
        self._last = 0
        self.events = []
        self._session = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with contextlib.suppress(BrokenPipeError):
            os.close(self._commands)  # Chromium ends with its pipe
        try:
            self._child.wait(10)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        os.close(self._answers)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _receive(self, deadline):
        while b"\0" not in self._received:
            if not self._selector.select(max(0, deadline - time.monotonic())):
                raise AssertionError(f"Chromium says nothing for {PATIENCE} s")
            part = os.read(self._answers, 1 << 20)
            if not part:
                raise AssertionError(f"Chromium ended with {self._child.wait()}")
            self._received += part
        message, self._received = self._received.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **parameters):
        """The answer to one command; events on the way are kept."""
        self._last += 1
        command = {"id": self._last, "method": method, "params": parameters}
        if self._session:
            command["sessionId"] = self._session
        data = json.dumps(command).encode() + b"\0"
        while data:
            data = data[os.write(self._commands, data):]
        deadline = time.monotonic() + PATIENCE
        while True:
            message = self._receive(deadline)
            if message.get("id") == self._last:
                if "error" in message:
                    raise AssertionError(f"{method}: {message['error']}")
                return message["result"]
            self.events.append(message)

    def attach(self):
        """To the one page."""
        target, = (each for each in self.call("Target.getTargets")["targetInfos"] if each["type"] == "page")
        self._session = self.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def show(self, url, width, height, scheme="light", scripts=True):
        """Opens a page and waits until it is loaded."""
        self.events.clear()
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                  mobile=width < 600)
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.call("Emulation.setScriptExecutionDisabled", value=not scripts)
        self.call("Page.navigate", url=url)
        self.wait_for_event("Page.loadEventFired")

    def wait_for_event(self, method):
        deadline = time.monotonic() + PATIENCE
        while not any(event.get("method") == method for event in self.events):
            self.events.append(self._receive(deadline))

    def value(self, expression):
        """Of JavaScript in the page."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise AssertionError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def click(self, selector):
        """As a mouse does it, in the middle of the first element that fits."""
        place = self.value("(() => { const found = document.querySelector(" + json.dumps(selector) + ");"
                           " found.scrollIntoView({block: 'center'}); const box = found.getBoundingClientRect();"
                           " return [box.x + box.width / 2, box.y + box.height / 2]; })()")
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=place[0], y=place[1], button="left", clickCount=1)

    def write(self, text):
        self.call("Input.insertText", text=text)

    def key(self, name, code):
        for kind in ("rawKeyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=name, windowsVirtualKeyCode=code)

    def picture(self, path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))

    def complaints(self):
        """Errors of scripts and of the policy."""
        return [event for event in self.events
                if event.get("method") == "Runtime.exceptionThrown" or
                (event.get("method") == "Log.entryAdded" and event["params"]["entry"]["level"] == "error")]

    def foreign_requests(self):
        urls = [event["params"]["request"]["url"] for event in self.events
                if event.get("method") == "Network.requestWillBeSent"]
        return [url for url in urls if not url.startswith(LOCAL_SCHEMES)]
