"""
Is there a secret in what git keeps here? Searched by detect-secrets, which sends nothing anywhere.

    python .ci/no_secrets.py                    with a Python that has detect-secrets, in the repository

What looks like one and is none stands in `.ci/not-secrets.txt` by its file and hash, with what it is. It exits with 1
for anything else, and for a line there that nothing needs any more.
"""

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

KNOWN = Path(__file__).with_name("not-secrets.txt")


def known(lines: Iterable[str]) -> set[tuple[str, str]]:
    """Read `PATH HASH what it is`, one a line."""
    words = [line.split(maxsplit=2) for line in lines if line.strip() and not line.startswith("#")]
    return {(path, digest) for path, digest, _ in words}


def faults(results: Mapping[str, Iterable[Mapping[str, Any]]], allowed: set[tuple[str, str]]) -> list[str]:
    """Return what was found and is not known, and what is known and was not found."""
    found = {(path, str(one["hashed_secret"])): one for path, many in results.items() for one in many}
    new = [
        f"{path}:{found[path, digest]['line_number']}: {found[path, digest]['type']}; if it is none, add to "
        f"{KNOWN.name}: {path} {digest} WHAT IT IS"
        for path, digest in sorted(found.keys() - allowed)
    ]
    old = [
        f"{KNOWN.name}: nothing in {path} has the hash {digest} any more"
        for path, digest in sorted(allowed - found.keys())
    ]
    return new + old


def main() -> int:
    """Scan the files that git has, and say what is in them."""
    done = subprocess.run(  # noqa: S603 - the tool of this very Python
        [sys.executable, "-m", "detect_secrets", "scan", "--no-verify", "--exclude-files", rf"^\.ci/{KNOWN.name}$"],
        capture_output=True,
        text=True,
        check=True,
    )
    results = json.loads(done.stdout)["results"]
    found = faults(results, known(KNOWN.read_text(encoding="utf-8").splitlines()))
    print("\n".join(found) or f"secrets: none; {sum(map(len, results.values()))} texts that look like one are known")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
