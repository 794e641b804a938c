"""A commit changes exactly what it says: laws of the pure part."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagpress.localhub.operations import Operation, Put, PutLarge, Remove, applied
from tagpress.localhub.refusals import RefusedError

names = st.sampled_from(["a", "b", "ab", "a.txt"])
paths = st.lists(names, min_size=1, max_size=3).map("/".join)
puts = st.builds(Put, paths, st.binary(max_size=3))
operations = st.lists(st.one_of(puts, st.builds(Remove, paths, st.booleans())), max_size=8)
trees = st.lists(puts, max_size=6)


def blob(operation: Put | PutLarge) -> bytes:
    assert isinstance(operation, Put)
    return operation.content


def commit(files: dict[str, bytes], change: list[Operation]) -> dict[str, bytes] | None:
    try:
        return applied(files, change, blob)
    except RefusedError:
        return None


@given(trees, operations)
def test_one_commit_is_its_operations_one_by_one(tree: list[Operation], change: list[Operation]) -> None:
    start = commit({}, tree) or {}
    whole, step = commit(start, change), start
    for operation in change:
        after = commit(step, [operation])
        if after is None:
            break
        step = after
    else:
        assert whole == step


@given(trees, operations)
def test_no_path_is_a_file_and_a_folder(tree: list[Operation], change: list[Operation]) -> None:
    after = commit(commit({}, tree) or {}, change)
    assert after is None or not any(one.startswith(f"{other}/") for one in after for other in after)


@given(trees, puts)
def test_what_is_put_can_be_removed(tree: list[Operation], operation: Put) -> None:
    start = commit({}, tree) or {}
    after = commit(start, [operation])
    if after is not None:
        assert after == {**start, operation.path: operation.content}
        assert commit(after, [Remove(operation.path, folder=False)]) == {
            path: content for path, content in start.items() if path != operation.path
        }


def test_a_folder_goes_with_all_that_is_in_it_and_nothing_else() -> None:
    files = {"a/x": b"1", "a/b/y": b"2", "ab": b"3"}
    assert applied(files, [Remove("a", folder=True)], blob) == {"ab": b"3"}
    with pytest.raises(RefusedError, match="folder with this name doesn't exist"):
        applied(files, [Remove("ab", folder=True)], blob)
