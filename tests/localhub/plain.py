"""Plain HTTP, for what no client would send and for what a client hides."""

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

OWN = "the server's own token"


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer as it came."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Wire:
    """Plain HTTP to one server: the path goes out as it is spelled."""

    endpoint: str
    token: str | None

    def __call__(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        headers: Mapping[str, str] = MappingProxyType({}),
        token: str | None = OWN,
    ) -> Answer:
        token = self.token if token == OWN else token
        signed = {"Authorization": f"Bearer {token}"} if token is not None else {}
        content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        connection = http.client.HTTPConnection(urlsplit(self.endpoint).netloc, timeout=30)
        try:
            connection.request(method, path, content, {**signed, **headers})
            response = connection.getresponse()
            found = {key.lower(): value for key, value in response.getheaders()}
            return Answer(response.status, found, response.read())
        finally:
            connection.close()


def ndjson(*lines: tuple[str, Mapping[str, Any]]) -> bytes:
    """Return a commit's body: its keys and values, one a line."""
    return b"\n".join(json.dumps({"key": key, "value": value}).encode() for key, value in lines)
