"""
A secret on its way to executors, in two halves that are random bytes without each other.

Spark may write what travels with a function to the disks of its machines, and tells its listeners the properties of a
job. So one half goes with the function, and the other as a property. Event logs do not show that one: Spark's rule for
them (`spark.redaction.regex`) knows its name, which the session has to know as a setting, too.
"""

import secrets
from dataclasses import dataclass, field
from typing import Final

PROPERTY: Final = "spark.tagpress.secret"


@dataclass(frozen=True, slots=True)
class Half:
    """The half that goes with a function; called on an executor it finds the other one, and returns the secret."""

    pad: bytes = field(repr=False)

    def __call__(self) -> str:
        """Return the secret."""
        from pyspark import TaskContext  # noqa: PLC0415 - there is one on every executor

        context = TaskContext.get()
        other = context.getLocalProperty(PROPERTY) if context else None
        if other is None:
            raise RuntimeError(f"the job has no property {PROPERTY}")
        return _joined(self.pad, bytes.fromhex(other)).decode()


def halve(secret: str) -> tuple[Half, str]:
    """Return the two halves of a secret: what to send with a function, and the value of the property."""
    text = secret.encode()
    half = Half(secrets.token_bytes(len(text)))
    return half, _joined(half.pad, text).hex()


def _joined(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
