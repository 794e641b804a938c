"""
Whether a consumer is as well guarded over another HTTP library: run by the Python of a consumer's environment.

    python guarded.py attacks HOME < {name: address}        stream from each, and say how it ended
    python guarded.py settings ADDRESS SILENT               the library's settings are its user's between our calls

prints one JSON document.
"""

import json
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import huggingface_hub
from huggingface_hub import constants
from huggingface_hub.utils import get_session, logging

import tagpress
from tagpress.hub import Hub, Repository, Retry, Timeouts
from tagpress.hub.session import own_settings


def attacks(home: str) -> dict[str, Any]:
    ended = {}
    warnings.simplefilter("ignore", tagpress.errors.RenamedWarning)
    for name, address in json.load(sys.stdin).items():
        constants.HF_HOME = str(Path(home) / str(len(ended)))
        Path("/proc/self/clear_refs").write_text("5")  # the peak is that of this attack alone
        begun, before, error = time.monotonic(), memory("VmRSS"), ""
        try:
            for _ in tagpress.stream("me/small", "1.0.0", "train", rank=0, world_size=1, endpoint=address):
                pass
        except tagpress.TagpressError as found:
            error = found.code
        ended[name] = {"error": error, "seconds": time.monotonic() - begun, "bytes": memory("VmHWM") - before}
    return ended


def memory(field: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith(field))


def their_client() -> Any:
    """Make a client as the user of a notebook wants it: with its own name."""
    if hasattr(huggingface_hub, "configure_http_backend"):
        import requests

        client: Any = requests.Session()
    else:
        from importlib import import_module

        library = next(
            kind.__module__ for kind in huggingface_hub.errors.HfHubHTTPError.__mro__ if "httpx" in kind.__module__
        )
        client = import_module(library.partition(".")[0]).Client(follow_redirects=True, timeout=None)
    client.headers["user-agent"] = "theirs"
    return client


def settings(address: str, silent: str) -> dict[str, Any]:
    choose = getattr(huggingface_hub, "configure_http_backend", None) or huggingface_hub.set_client_factory
    choose(their_client)
    logging.set_verbosity(logging.INFO)
    constants.HF_HUB_DISABLE_TELEMETRY = False
    quick = Timeouts(connect=0.3, read=0.3, write=0.3, pool=0.3)

    def now() -> list[Any]:
        return [id(get_session()), constants.HF_HUB_DISABLE_TELEMETRY, logging.get_verbosity()]

    before, theirs = now(), get_session()
    inside: list[Any] = []
    assert Repository(hub=Hub(endpoint=address), repo="me/small").resolve("v1.0.0")
    after = now()
    with own_settings(quick):
        inside += [get_session() is theirs, str(get_session().headers["user-agent"]), *now()[1:]]
        ours = id(get_session())
    with own_settings(quick):
        inside.append(id(get_session()) == ours)
    begun, said = time.monotonic(), ""
    try:
        Repository(
            hub=Hub(endpoint=silent, timeouts=quick, retry=Retry(attempts=2, first_wait=0.01)), repo="a/b"
        ).refs()
    except tagpress.TagpressError as error:
        said = f"{error.code}: {error.message}"
    seconds = time.monotonic() - begun
    return {"before": before, "after": after, "last": now(), "inside": inside, "said": said, "seconds": seconds}


if __name__ == "__main__":
    print(json.dumps({"attacks": attacks, "settings": settings}[sys.argv[1]](*sys.argv[2:])))
