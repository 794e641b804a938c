"""
What does a release say of itself to machines? `croissant.json`, made of its manifest, its card and its script.

It names where its files are, so only publishing can write it: a build has none. Everything in it follows from what else is in
the release, so it never makes a difference between two: who publishes by another address of the same Hub changes
nothing.
"""

from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from tagpress.card.croissant import croissant, entity_types
from tagpress.card.described import answers_of, citation_of, type_descriptions
from tagpress.corpus.addresses import HUB_PORT
from tagpress.corpus.manifest import Manifest
from tagpress.release.card_data import front_matter

_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


def described(release: Manifest, *, repo: str, card: bytes, scripts: Iterable[bytes], endpoint: str) -> bytes:
    """Return the Croissant file of a release, with its label names; what the scripts say is read, and not run."""
    script = b"\n".join(scripts)
    return croissant(
        release,
        repo=repo,
        descriptions={
            name: type_descriptions(script, entity_types(config)) for name, config in release.released.items()
        },
        card=front_matter(card),
        citation=citation_of(card),
        answers=answers_of(script),
        endpoint=endpoint,
    )


def home_of(endpoint: str) -> str:
    """
    Return the address of a Hub as a release names it: an embedded one has another port each time, so its usual one.

    >>> home_of("http://127.0.0.1:43121"), home_of("https://huggingface.co")
    ('http://127.0.0.1:8790', 'https://huggingface.co')

    """
    return f"http://127.0.0.1:{HUB_PORT}" if urlsplit(endpoint).hostname in _LOOPBACK else endpoint
