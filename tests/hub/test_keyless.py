"""A job without a secret: the Hub gives it a token for its identity, or tagpress says why it has none."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

RESOURCE = "datasets/me/toy"


class Exchange(BaseHTTPRequestHandler):
    """The Hub's token endpoint, and a dataset that only that token may read; what was asked is kept."""

    asked: list[dict[str, Any]]
    status = 200

    def do_POST(self) -> None:
        self.asked.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
        body = {"access_token": "hf_jwt_short", "token_type": "bearer", "expires_in": 3600}
        self._answer(self.status, body if self.status == 200 else {"error": "this workflow is not trusted"})

    def do_GET(self) -> None:
        self.asked.append({"path": self.path, "token": self.headers["authorization"]})
        self._answer(404, {"error": "nothing here"})

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture
def exchange() -> Iterator[tuple[type[Exchange], str]]:
    handler = type("Handler", (Exchange,), {"asked": []})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield handler, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def verify(endpoint: str, home: Path, **environment: str) -> tuple[int, dict[str, str]]:
    known = {key: value for key, value in os.environ.items() if key not in {"HF_TOKEN", "GITHUB_ACTIONS"}}
    words = [sys.executable, "-m", "tagpress", "verify", "me/toy@1.0.0", "--hub", endpoint, "--json"]
    done = subprocess.run(
        words,
        env={**known, "HF_ENDPOINT": endpoint, "HF_HOME": str(home), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, json.loads(done.stdout)["error"]


def test_an_identity_is_exchanged_for_a_token(exchange: tuple[type[Exchange], str], tmp_path: Path) -> None:
    handler, endpoint = exchange
    code, error = verify(endpoint, tmp_path, HF_OIDC_RESOURCE=RESOURCE, HF_OIDC_ID_TOKEN="identity")
    first, *others = handler.asked
    assert (first["resource"], first["subject_token"]) == (RESOURCE, "identity")
    assert {one["token"] for one in others} == {"Bearer hf_jwt_short"}
    assert (code, error["code"]) == (3, "not-on-hub")
    assert "private" in error["hint"]


def test_a_workflow_that_is_not_trusted_is_told_so(exchange: tuple[type[Exchange], str], tmp_path: Path) -> None:
    handler, endpoint = exchange
    handler.status = 403
    code, error = verify(endpoint, tmp_path, HF_OIDC_RESOURCE=RESOURCE, HF_OIDC_ID_TOKEN="identity")
    assert (code, error["code"]) == (3, "hub-refused")
    assert error["message"].startswith(f"No token for HF_OIDC_RESOURCE={RESOURCE}: ")
    assert "this workflow is not trusted" in error["message"]
    assert "trust its workflow in the settings" in error["hint"]
    assert "identity" not in error["message"]


def test_a_job_without_an_identity_is_told_so(exchange: tuple[type[Exchange], str], tmp_path: Path) -> None:
    handler, endpoint = exchange
    code, error = verify(endpoint, tmp_path, HF_OIDC_RESOURCE=RESOURCE)
    assert (code, error["code"], handler.asked) == (3, "hub-refused", [])
    assert "HF_OIDC_ID_TOKEN is not set" in error["message"]
