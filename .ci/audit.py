"""
Has anything that tagpress needs a known fault? Asked of PyPI, else of OSV; where neither answers, that is said.

    python .ci/audit.py SITE_PACKAGES        with a Python that has pip-audit

It exits with 1 where a fault is known. Without a network it ends soon and exits with 0: nobody was asked, and so it says.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SERVICES = ("pypi", "osv")
PATIENCE = 120.0  # seconds for one service
SILENCE = 10  # seconds without an answer to one request


@dataclass(frozen=True)
class Audit:
    """What a service said: how many packages it knows, which it does not, and each fault in words."""

    known: int
    unknown: tuple[str, ...]
    faults: tuple[str, ...]


def read(document: Mapping[str, Any]) -> Audit:
    """Read the JSON of pip-audit."""
    packages = document["dependencies"]
    known = [one for one in packages if "skip_reason" not in one]
    faults = [
        f"{one['name']} {one['version']}: {fault['id']} {' '.join(fault.get('aliases', []))}, "
        f"mended in {', '.join(fault['fix_versions']) or 'no version yet'}"
        for one in known
        for fault in one["vulns"]
    ]
    return Audit(len(known), tuple(one["name"] for one in packages if "skip_reason" in one), tuple(sorted(faults)))


def asked(service: str, where: str) -> Audit | None:
    """Ask a service about all packages in a folder; None if it does not answer."""
    options = ["--path", where, "-s", service, "-f", "json", "--progress-spinner", "off", "--timeout", str(SILENCE)]
    try:
        done = subprocess.run(  # noqa: S603 - the tool of this very Python
            [sys.executable, "-m", "pip_audit", *options], capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        return read(json.loads(done.stdout))
    except (subprocess.TimeoutExpired, ValueError, LookupError):
        return None


def told(service: str, found: Audit | None) -> list[str]:
    """Return what is to be said of an answer."""
    if found is None:
        return [f"audit: {service} was not reached"]
    if not found.known:
        return [f"audit: {service} knows none of {len(found.unknown)} packages: a mirror answers in its place"]
    lines = [f"audit: {service} knows {found.known} packages, {len(found.faults)} known faults"]
    if found.unknown:
        lines.append(f"audit: not known there: {', '.join(found.unknown)}")
    return [*lines, *(f"audit: {fault}" for fault in found.faults)]


def main(arguments: Sequence[str]) -> int:
    """Ask one service after the other until one knows something."""
    for service in SERVICES:
        found = asked(service, arguments[0])
        print("\n".join(told(service, found)))
        if found is not None and found.known:
            return 1 if found.faults else 0
    print("audit: SKIPPED, nobody could be asked; run it where the network is")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
