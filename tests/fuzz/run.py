"""
Fuzz one parser with a coverage-guided fuzzer: python tests/fuzz/run.py PARSER SECONDS [FOLDER].

It needs atheris (pip install atheris), which is no dependency of the tests. What breaks the law is written into FOLDER,
the smallest input of each kind, and is told at once; the run goes on.
"""

import importlib.util
import os
import re
import sys
import tempfile
import traceback
from pathlib import Path
from random import Random

TESTS = Path(__file__).parents[1]
LIMIT = 1500  # MB of memory of the whole process
BY_ITSELF = 0.5  # share of the changes that the fuzzer makes
LONGEST = 8_192  # bytes of an input
COMPILED = re.compile(
    r"numba|@\w*compiled|import .*\bcompiled\b"
)  # Numba reads the bytecode of such modules, which must be as it was written
WITHOUT = "atheris is not here: `pip install atheris`, or run the short test: pytest tests/fuzz"


def main(arguments: list[str]) -> int:
    """Run a fuzzer for so many seconds."""
    if importlib.util.find_spec("atheris") is None:
        print(WITHOUT, file=sys.stderr)
        return 2
    import atheris

    sys.path.insert(0, str(TESTS))
    with atheris.instrument_imports(include=["tagpress"], exclude=_compiled()):
        from fuzz.parsers import PARSERS
    from fuzz.edits import KINDS, PLACES, edited

    if len(arguments) not in {2, 3} or arguments[0] not in PARSERS:
        print(f"{__doc__}\nPARSER is one of {', '.join(PARSERS)}", file=sys.stderr)
        return 2
    name, seconds = arguments[:2]
    folder = Path(arguments[2] if len(arguments) > 2 else tempfile.mkdtemp(prefix=f"fuzz-{name}-"))
    seeds = folder / "seeds"
    seeds.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(PARSERS[name].seeds()):
        (seeds / f"{number:03}").write_bytes(seed)
    found: dict[str, int] = {}

    def once(data: bytes) -> None:
        try:
            PARSERS[name].judge(data)
        except Exception as error:  # noqa: BLE001 - that is what is looked for
            _note(folder, found, data, error)

    def changed(data: bytes, most: int, seed: int) -> bytes:
        """Edit bytes, or leave them to the fuzzer, which knows what its coverage says."""
        random = Random(seed)
        if random.random() < BY_ITSELF:
            return atheris.Mutate(data, most)
        edits = [(random.choice(KINDS), random.randrange(PLACES), random.randint(1, 64), random.randrange(256))]
        return edited(data, edits * random.choice((1, 1, 1, 2, 40)))[:most]

    options = [f"-max_total_time={seconds}", f"-rss_limit_mb={LIMIT}", f"-max_len={LONGEST}", "-timeout=20"]
    atheris.Setup(
        [sys.argv[0], str(seeds), *options, f"-artifact_prefix={folder}{os.sep}"], once, custom_mutator=changed
    )
    atheris.Fuzz()
    return 0


def _compiled() -> list[str]:
    package = importlib.util.find_spec("tagpress")
    assert package is not None
    assert package.origin is not None
    root = Path(package.origin).parent
    modules = (
        path.relative_to(root.parent).with_suffix("")
        for path in root.rglob("*.py")
        if COMPILED.search(path.read_text())
    )
    return [".".join(module.parts) for module in modules]


def _note(folder: Path, found: dict[str, int], data: bytes, error: Exception) -> None:
    """Keep the smallest input of each kind of error, which is where in our code it was raised."""
    frames = traceback.extract_tb((error.__cause__ or error).__traceback__)
    own = [frame for frame in frames if "tagpress" in Path(frame.filename).parts] or frames
    kind = f"{type(error).__name__}-{Path(own[-1].filename).stem}-{own[-1].lineno}"
    if len(data) < found.get(kind, 1 << 30):
        if kind not in found:
            print(f"FOUND {kind}: {error!s:.300}", file=sys.stderr)
        found[kind] = len(data)
        (folder / kind).write_bytes(data)
        (folder / f"{kind}.txt").write_text("".join(traceback.format_exception(error))[-8_000:], errors="replace")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
