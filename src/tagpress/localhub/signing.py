"""
How a request proves its right without the owner's token.

LFS uploads arrive without authorization, and Xet uploads with a token of their own. Both carry a signed grant: what it
allows and until when, under a key made from the owner's token. Nothing is remembered, so every process checks every grant.
"""

import hashlib
import hmac
from dataclasses import dataclass

LIFETIME = 6 * 3600  # seconds; longer than any upload takes


@dataclass(frozen=True, slots=True)
class Grants:
    """Grants signed with one owner's token."""

    token: str

    def sign(self, subject: str, now: float) -> str:
        """Return a grant for `subject` that ends `LIFETIME` seconds after `now`."""
        until = str(int(now) + LIFETIME)
        return f"{until}.{self._mac(subject, until)}"

    def allows(self, grant: str, subject: str, now: float) -> bool:
        """Return whether `grant` was signed for `subject` and has not ended."""
        until, _, mac = grant.partition(".")
        genuine = hmac.compare_digest(mac.encode(), self._mac(subject, until).encode())
        return genuine and int(until) >= now

    def _mac(self, subject: str, until: str) -> str:
        return hmac.new(self.token.encode(), f"{until} {subject}".encode(), hashlib.sha256).hexdigest()
