"""
A Hub in a process of its own, as readers must not share one with it: it counts what it sends, and breaks what it is told to.

    python -m streaming.counting ROOT        prints endpoint and token, serves until its standard input ends
"""

import contextlib
import json
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from release.seam import App, Message, Receive, Scope, Send, answer, drop_before
from tagpress.localhub import LocalHub

CONTROL = "/-/"


@dataclass(frozen=True)
class Sent:
    """An answer to one request for a file: the path in the repository, and the bytes of the body."""

    method: str
    path: str
    status: int
    body: int


class Counting:
    """
    The seam: counts answers, and breaks those that a rule says.

    A rule names a part of the path and what happens how often: `status` answers it, `drop` sends so many bytes of the
    body and tears the connection, `headers` are set in the answer.
    """

    def __init__(self) -> None:
        self.sent: list[Sent] = []
        self.rules: list[dict[str, Any]] = []

    def __call__(self, app: App) -> App:
        async def seam(scope: Scope, receive: Receive, send: Send) -> None:
            path = scope.get("path", "")
            if scope["type"] != "http":
                await app(scope, receive, send)
            elif path.startswith(CONTROL):
                await self._control(path.removeprefix(CONTROL), scope, receive, send)
            else:
                await self._watched(app, scope, receive, send)

        return seam

    async def _watched(self, app: App, scope: Scope, receive: Receive, send: Send) -> None:
        status = body = 0
        rule = self._rule(scope)

        async def counted(message: Message) -> None:
            nonlocal status, body
            if message["type"] == "http.response.start":
                status = message["status"]
                changed = [(name.encode(), value.encode()) for name, value in rule.get("headers", {}).items()]
                kept = [(k, v) for k, v in message["headers"] if k.lower() not in dict(changed)]
                message = {**message, "headers": [*kept, *changed]}
            else:
                data = message.get("body", b"")
                if "drop" in rule and body + len(data) > rule["drop"]:
                    data = data[: rule["drop"] - body]
                    body += len(data)
                    await send({**message, "body": data, "more_body": True})
                    await drop_before(app, scope, _nothing, send)
                    return
                body += len(data)
            await send(message)

        if "status" in rule:
            status = rule["status"]
            await answer(status, rule.get("headers"))(app, scope, receive, send)
        else:
            await app(scope, receive, counted)
        found = re.search(r"/resolve/[^/]+/(.+)", scope["path"])
        if found:
            self.sent.append(Sent(scope["method"], found[1], status, body))
        else:
            self.sent.append(Sent(scope["method"], scope["path"], status, body))

    def _rule(self, scope: Scope) -> dict[str, Any]:
        for rule in self.rules:
            if rule["part"] in scope["path"] and scope["method"] == rule.get("method", "GET") and rule["times"]:
                rule["times"] -= 1
                return rule
        return {}

    async def _control(self, name: str, scope: Scope, receive: Receive, send: Send) -> None:
        body = b""
        while (message := await receive())["type"] == "http.request":
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        if name == "rules":
            self.rules = json.loads(body)
        found = [one.__dict__ for one in self.sent]
        self.sent = []
        await answer(200, body=json.dumps(found).encode())(_app, scope, _nothing, send)


async def _app(_scope: Scope, _receive: Receive, _send: Send) -> None:
    raise AssertionError


async def _nothing() -> Message:
    return {"type": "http.disconnect"}


@dataclass(frozen=True)
class CountingHub:
    """The same from outside."""

    endpoint: str
    token: str

    def sent(self) -> list[Sent]:
        """Return what was sent since the last call, and forget it."""
        return [Sent(**one) for one in self._ask("sent", b"")]

    def shards_sent(self) -> list[Sent]:
        return [one for one in self.sent() if one.path.endswith(".parquet")]

    def break_by(self, *rules: dict[str, Any]) -> None:
        self._ask("rules", json.dumps(rules).encode())

    def _ask(self, name: str, body: bytes) -> Any:
        request = urllib.request.Request(f"{self.endpoint}{CONTROL}{name}", data=body, method="POST")
        with urllib.request.urlopen(request, timeout=20) as answered:
            return json.loads(answered.read())


@contextlib.contextmanager
def counting_hub(root: Path) -> Iterator[CountingHub]:
    """Run the Hub until the block ends."""
    command = [sys.executable, "-m", "consume.streaming.counting", str(root)]
    folder = Path(__file__).parents[2]
    with subprocess.Popen(command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield CountingHub(*json.loads(process.stdout.readline()))
        finally:
            process.kill()


if __name__ == "__main__":
    with LocalHub(Path(sys.argv[1]), wrap=Counting()) as hub:
        print(json.dumps([hub.endpoint, hub.token]), flush=True)
        sys.stdin.read()
