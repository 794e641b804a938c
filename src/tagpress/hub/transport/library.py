"""Which library speaks HTTP for huggingface_hub? The one whose error its own is a kind of. And what the client repeats."""

import re
from typing import Final

from huggingface_hub import __version__
from huggingface_hub.errors import HfHubHTTPError

_KNOWN: Final = ("httpx", "httpx2", "requests")  # 1.0 to 1.x, from 2.0 on, before 1.0
_BASES: Final = [kind.__module__.partition(".")[0] for kind in HfHubHTTPError.__mro__]

LIBRARY: Final = next(name for name in _BASES if name in _KNOWN)

# Until 2.2 it asks for the first page of a listing only once.
REPEATS_LISTINGS: Final = [int(number) for number in re.findall(r"\d+", __version__)[:2]] >= [2, 2]
