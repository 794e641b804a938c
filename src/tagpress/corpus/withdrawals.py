"""
Which versions did their owner take back, and why? `withdrawn.json` on `main`, read strictly and written canonically.

The file belongs to the repository and to none of its releases: a tag stays where it is, and what its version is worth is
said beside it.
"""

from dataclasses import dataclass, replace
from typing import Any, Final

from tagpress.corpus.careful_json import canonical_json, load_json
from tagpress.corpus.requirements import require
from tagpress.corpus.typed_json import TypeFaults, typed
from tagpress.corpus.version import Version
from tagpress.errors import VerifyError

WITHDRAWN_NAME: Final = "withdrawn.json"
MAX_WITHDRAWN: Final = 1 << 20  # bytes: some thousand versions
_FORMAT: Final = 1
_LONGEST: Final = 500  # characters of a reason
_SHOWN: Final = 20  # faults of a wrong file
_HINT: Final = "`tagpress withdraw` writes it: its owner can delete it on the Hub, and withdraw again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """One version that was taken back; a `final` one is not to be used at all."""

    version: Version
    why: str
    final: bool = False

    def __post_init__(self) -> None:
        plain = self.why.isprintable() and self.why == self.why.strip()
        require(0 < len(self.why) <= _LONGEST and plain, "why", f"expected one line of 1 to {_LONGEST} characters")

    def __str__(self) -> str:
        return f"{self.version} was withdrawn by its owner{' for good' if self.final else ''}: {self.why}"

    def to_json(self) -> dict[str, Any]:
        """Return the entry of the file."""
        return {"version": str(self.version), "why": self.why, "final": self.final}


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawals:
    """Every version that was taken back, in order, each once."""

    withdrawn: tuple[Withdrawal, ...] = ()

    def __post_init__(self) -> None:
        versions = [one.version for one in self.withdrawn]
        require(versions == sorted(set(versions)), "withdrawn", "must be sorted by version, each version once")

    def of(self, version: Version) -> Withdrawal | None:
        """Return what is said of a version, if anything."""
        return next((one for one in self.withdrawn if one.version == version), None)

    def without(self, version: Version) -> "Withdrawals":
        """Return all but that of a version."""
        return replace(self, withdrawn=tuple(one for one in self.withdrawn if one.version != version))

    def with_one(self, new: Withdrawal) -> "Withdrawals":
        """Return all and a new one, in place of an older one of its version."""
        every = [*self.without(new.version).withdrawn, new]
        return replace(self, withdrawn=tuple(sorted(every, key=lambda one: one.version)))

    def to_bytes(self) -> bytes:
        """Write it as canonical JSON."""
        return canonical_json({"format_version": _FORMAT, "withdrawn": [one.to_json() for one in self.withdrawn]})

    @classmethod
    def from_bytes(cls, data: bytes, *, where: str = WITHDRAWN_NAME) -> "Withdrawals":
        """
        Read the file, which anybody may have written.

        Raises:
            VerifyError: it is too large, or not what tagpress writes; its faults are named by their dotted paths.

        """
        refuse_long(len(data), where)
        try:
            document = load_json(data)
        except ValueError as error:
            raise VerifyError(f"{where} is not JSON that can be read: {error}", _HINT) from error
        found = document.get("format_version") if isinstance(document, dict) else _FORMAT
        if found != _FORMAT or isinstance(found, bool):
            message = f"{where} has format_version {found!r:.60}; this tagpress reads {_FORMAT}"
            raise VerifyError(message, "A newer tagpress may read it: pip install --upgrade tagpress")
        faults = TypeFaults(WITHDRAWN_NAME, _SHOWN)
        withdrawals = typed(document, cls, "", faults)
        if faults:
            raise VerifyError("\n".join([f"{where} does not say which versions were withdrawn:", *faults]), _HINT)
        assert isinstance(withdrawals, cls)
        return withdrawals


def refuse_long(size: int, where: str) -> None:
    """
    Refuse a file with more in it than anything that tagpress writes there.

    Raises:
        VerifyError: it has more bytes.

    """
    if size > MAX_WITHDRAWN:
        raise VerifyError(f"{where} has {size:,} bytes, and at most {MAX_WITHDRAWN:,} are read", _HINT)
