"""The tree of errors: what its drawing says holds, and a caller can tell one fault from another."""

import pickle
import re
import time
from collections.abc import Iterator

import pytest

from tagpress import errors
from tagpress.errors import TagpressError

DRAWN = re.compile(r"^(?P<indent>[ │├└─]*)(?P<name>\w+Error) +.*?(?: {2,}exit (?P<exit>\d))?$", re.MULTILINE)


def classes(above: type[TagpressError] = TagpressError) -> Iterator[type[TagpressError]]:
    yield above
    for below in above.__subclasses__():
        yield from classes(below)


def drawn() -> dict[str, tuple[str | None, int]]:
    """Return, for each class of the drawing, the class above it and its exit code."""
    found: dict[str, tuple[str | None, int]] = {}
    path: list[str] = []
    for line in DRAWN.finditer(errors.__doc__ or ""):
        depth = len(line["indent"]) // 4 - 1
        path[depth:] = [line["name"]]
        above = path[depth - 1] if depth else None
        inherited = found[above][1] if above else TagpressError.exit_code
        found[line["name"]] = above, int(line["exit"] or inherited)
    return found


def test_the_drawing_is_the_tree() -> None:
    tree = {one.__name__: (one.__base__.__name__, one.exit_code) for one in classes() if one.__base__}
    assert drawn() == tree | {"TagpressError": (None, 1)}


def test_every_code_means_one_thing() -> None:
    codes = [one.code for one in classes()]
    assert len(set(codes)) == len(codes)


def test_what_stops_a_build_has_codes_of_its_own() -> None:
    found = {one.__name__: one.code for one in classes() if one.exit_code == 1}
    assert found == {
        "TagpressError": "error",
        "DataError": "data",
        "BuildError": "build",
        "ManifestError": "manifest",
        "WriteError": "write",
        "EngineError": "engine",
        "UnderwayError": "underway",
        "VerifyError": "verify",
        "WithdrawnError": "withdrawn",
    }


@pytest.mark.parametrize("one", [*classes()], ids=lambda one: one.code)
def test_an_error_of_a_worker_arrives_whole(one: type[TagpressError]) -> None:
    arrived = pickle.loads(pickle.dumps(one("what happened", "what to do")))
    assert (type(arrived), arrived.to_json()) == (
        one,
        {"error": {"code": one.code, "message": "what happened", "hint": "what to do"}},
    )


def test_a_message_has_a_bound() -> None:
    error = TagpressError("a" * 1_000_000, "http://" * 1_000_000)
    assert len(error.message) + len(error.hint) < 50_000
    assert error.message.endswith("a... (1,000,000 characters)")


@pytest.mark.parametrize("part", ["a", "http://", "a://", "a@", "?", "http://a?"])
def test_secrets_are_looked_for_in_time(part: str) -> None:
    """A word of 200 kB took minutes: each of its letters may begin an address."""
    begun = time.process_time()
    TagpressError(part * 200_000)
    assert time.process_time() - begun < 5
