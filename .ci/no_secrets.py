"""
Is there a secret in what git keeps here, or in what it kept once? Searched by detect-secrets, which sends nothing anywhere.

    python .ci/no_secrets.py                    with a Python that has detect-secrets, in the repository
    python .ci/no_secrets.py COMMIT             of the history, only what came after a commit

What looks like one and is none stands in `.ci/not-secrets.txt` by its file and hash, with what it is. It exits with 1
for anything else, and for a line there that nothing needs any more. Lines that no file has any more are searched as far as
the clone knows: one that is shallow knows its own commits, and says so.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from history import Line, gone, is_shallow, write

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


def past_faults(
    results: Mapping[str, Iterable[Mapping[str, Any]]],
    lines: Mapping[str, Sequence[Line]],
    allowed: set[tuple[str, str]],
) -> list[str]:
    """Return what was found in lines that no file has any more; what is known may have been in another file then."""
    digests = {digest for _, digest in allowed}
    return [
        f"{path}, as of commit {lines[path][one['line_number'] - 1][0]}: {one['type']}; if it is none, add to "
        f"{KNOWN.name}: {path} {one['hashed_secret']} WHAT IT IS; if it is one, whoever issued it must withdraw it"
        for path, many in sorted(results.items())
        for one in many
        if one["hashed_secret"] not in digests
    ]


def main(arguments: Sequence[str]) -> int:
    """Scan the files that git has and what it had, and say what is in them."""
    here, allowed = Path.cwd(), known(KNOWN.read_text(encoding="utf-8").splitlines())
    now = _scan(here, "--exclude-files", rf"^\.ci/{KNOWN.name}$")
    lines = gone(here, *arguments)
    with tempfile.TemporaryDirectory() as folder:
        called = write(lines, Path(folder))
        past = {called[path]: many for path, many in _scan(Path(folder), "--all-files").items()}
    once = {digest for many in past.values() for digest in (str(one["hashed_secret"]) for one in many)}
    partly = bool(arguments) or is_shallow(here)
    needed = {
        (path, digest) for path, digest in allowed if (digest not in once and not partly) or _has(now, path, digest)
    }
    found = [*faults(now, needed), *past_faults(past, lines, allowed)]
    kept = f"{sum(map(len, lines.values())):,} lines that it kept once"
    known_now = f"{sum(map(len, now.values()))} texts that look like one are known"
    print("\n".join(found) or f"secrets: none in what git keeps, nor in {kept}; {known_now}")
    if partly:
        print("secrets: of the history only a part was searched" + ("" if arguments else "; this clone is shallow"))
    return 1 if found else 0


def _has(results: Mapping[str, Iterable[Mapping[str, Any]]], path: str, digest: str) -> bool:
    return any(one["hashed_secret"] == digest for one in results.get(path, ()))


def _scan(folder: Path, *options: str) -> dict[str, list[dict[str, Any]]]:
    done = subprocess.run(  # noqa: S603 - the tool of this very Python
        [sys.executable, "-m", "detect_secrets", "scan", "--no-verify", *options],
        capture_output=True,
        text=True,
        check=True,
        cwd=folder,
    )
    results: dict[str, list[dict[str, Any]]] = json.loads(done.stdout)["results"]
    return results


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:2]))
