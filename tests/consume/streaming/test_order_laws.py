"""What must hold for every plan: nothing lost, nothing repeated, equal parts, whoever reads and however often it changes."""

import json
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagpress.consume.streaming.order import Order, Stretch, joined, permutation, rest, section, whole
from tagpress.consume.streaming.reader import turns_left
from tagpress.consume.streaming.run import _dealt
from tagpress.consume.streaming.state import Origin, State, merge_states
from tagpress.errors import UsageError

Row = tuple[int, int]

UNITS = st.lists(st.integers(1, 40), min_size=1, max_size=12)
ORDERS = st.builds(Order, seed=st.integers(0, 99), epoch=st.integers(0, 3), mixed=st.sampled_from([0, 1, 7, 50, 1000]))
ORIGIN = Origin(release="small 1.0.0", split="train", files="0" * 16)


def fresh(order: Order, readers: int) -> State:
    return State(origin=ORIGIN, order=order, begin=None, readers=readers, read=dict.fromkeys(range(readers), 0))


def given_rows(order: Order, unit_rows: Sequence[int], pieces: Sequence[Stretch], taken: int) -> list[Row]:
    """What a reader gives behind its first rows, one by one, as the reading code gives it."""
    units, rows = order.units(len(unit_rows)), []
    for turn in turns_left(order, pieces, taken):
        streams = [
            iter(order.rows(units[piece.place], unit_rows[units[piece.place]])[piece.start : piece.stop].tolist())
            for piece in turn.pieces
        ]
        rows += [(units[turn.pieces[which].place], next(streams[which])) for which in turn.turns.tolist()]
        assert all(next(stream, None) is None for stream in streams)
    return rows


def every_row(unit_rows: Sequence[int]) -> list[Row]:
    return [(unit, row) for unit, rows in enumerate(unit_rows) for row in range(rows)]


@given(UNITS, ORDERS, st.integers(1, 9))
def test_readers_share_an_epoch_in_equal_parts(unit_rows, order, readers):
    pieces = whole(unit_rows, order.units(len(unit_rows)))
    parts = [section(pieces, reader, readers) for reader in range(readers)]
    assert joined(piece for part in parts for piece in part) == pieces
    sizes = [sum(map(len, part)) for part in parts]
    assert max(sizes) - min(sizes) <= 1
    assert sum(map(len, parts)) <= len(pieces) + readers - 1  # a reader more cuts one unit more
    rows = [row for part in parts for row in given_rows(order, unit_rows, part, 0)]
    assert sorted(rows) == every_row(unit_rows)
    if not order.mixed:
        assert rows == every_row(unit_rows)


@given(UNITS, ORDERS, st.data())
def test_any_chain_of_stops_and_other_numbers_of_readers_gives_each_row_once(unit_rows, order, data):
    seen: list[Row] = []
    state = fresh(order, data.draw(st.integers(1, 9), "readers"))
    for _ in range(data.draw(st.integers(1, 4), "stops")):
        pieces, saved = state.pieces(unit_rows), []
        for reader in range(state.readers):
            part = section(pieces, reader, state.readers)
            taken = data.draw(st.integers(0, sum(map(len, part))), "rows")
            rows = given_rows(order, unit_rows, part, 0)
            seen += rows[:taken]
            assert given_rows(order, unit_rows, part, taken) == rows[taken:]  # the same reader goes on as before
            mine = State(origin=ORIGIN, order=order, begin=state.begin, readers=state.readers, read={reader: taken})
            saved.append(json.loads(json.dumps(mine.to_json(unit_rows))))
        merged = State.from_json(merge_states(reversed(saved)), unit_rows)
        state = merged.shared_anew(unit_rows, data.draw(st.integers(1, 9), "readers"))
        assert State.from_json(state.to_json(unit_rows), unit_rows) == state
    for reader in range(state.readers):
        seen += given_rows(order, unit_rows, section(state.pieces(unit_rows), reader, state.readers), 0)
    assert sorted(seen) == every_row(unit_rows)


@given(st.lists(st.integers(0, 6), min_size=1, max_size=5), st.integers(0, 40))
def test_workers_that_are_asked_in_turn(available, taken):
    left, given_by, worker = list(available), [0] * len(available), 0
    for _ in range(taken):
        if not any(left):
            break
        while not left[worker % len(left)]:
            worker += 1
        left[worker % len(left)] -= 1
        given_by[worker % len(left)] += 1
        worker += 1
    assert _dealt(available, taken) == given_by


def test_a_hash_orders_rows_and_stays_the_same_for_ever():
    """A saved state means these rows: another order would be another format."""
    assert permutation(12, 2026).tolist() == [9, 8, 10, 3, 1, 2, 5, 4, 7, 0, 11, 6]
    assert Order(seed=1, epoch=2, mixed=9).units(12) == [5, 9, 10, 8, 3, 2, 7, 4, 11, 0, 6, 1]
    assert Order(seed=1, epoch=2, mixed=9).turns([Stretch(0, 0, 4), Stretch(1, 2, 6)]).tolist() == [
        1,
        0,
        0,
        1,
        0,
        1,
        1,
        0,
    ]


@pytest.mark.parametrize("seed", range(5))
def test_a_window_is_mixed_uniformly(seed):
    """Over many epochs a row is anywhere as often, and a row is followed by its neighbour no more than by any other."""
    unit_rows, epochs = [60, 50, 40, 50], 200
    total = sum(unit_rows)
    places, neighbours = dict.fromkeys(every_row(unit_rows), 0), 0
    for epoch in range(epochs):
        order = Order(seed=seed, epoch=epoch, mixed=total)
        rows = given_rows(order, unit_rows, whole(unit_rows, order.units(4)), 0)
        for place, row in enumerate(rows):
            places[row] += place
        neighbours += sum(b == (a[0], a[1] + 1) for a, b in pairwise(rows))
    deviation = total / (12 * epochs) ** 0.5  # of the mean of uniform places
    assert max(abs(found / epochs - (total - 1) / 2) for found in places.values()) < 4.5 * deviation
    assert 0.5 < neighbours / epochs < 1.5  # 196 pairs of neighbours, each adjacent in 1 of 200 orders


def test_a_state_stays_small_after_many_changes():
    unit_rows = [20_000] * 2_000
    state = fresh(Order(seed=1, epoch=0, mixed=50_000), 32)
    for readers in (48, 16, 64):
        state = State.from_json(
            {**state.to_json(unit_rows), "read": [[r, 191_900] for r in range(state.readers)]}, unit_rows
        )
        state = state.shared_anew(unit_rows, readers)
    assert len(json.dumps(state.to_json(unit_rows))) < 8_000


def test_what_is_left_is_what_nobody_has_taken():
    order = Order(seed=0, epoch=0, mixed=0)
    pieces = whole([5, 5, 5], range(3))
    assert rest(order, pieces, [3, 5, 0]) == [Stretch(0, 3, 5), Stretch(2, 0, 5)]


def test_states_that_do_not_belong_together_are_refused():
    unit_rows = [10, 10]
    order = Order(seed=1, epoch=0, mixed=5)
    first, second = (
        State(origin=ORIGIN, order=order, begin=None, readers=2, read={reader: 3}).to_json(unit_rows)
        for reader in (0, 1)
    )
    assert merge_states([{"loader": [first]}, {"a": {"b": second}}])["read"] == [[0, 3], [1, 3]]
    for states, message in (
        ([], "There is no state"),
        ([first], r"1 of 2 readers are missing: 1\."),
        ([first, {**second, "epoch": 1}], "they differ in epoch"),
        ([first, second, {**first, "read": [[0, 4]]}], "Two states of reader 0 differ: 3 and 4 rows"),
        ([{**first, "tagpress_stream": 2}], "Expected the state of a stream with tagpress_stream 1, found 2"),
        ([{**first, "seed": "1"}], "damaged: look at seed"),
    ):
        with pytest.raises(UsageError, match=message):
            merge_states(states)
    with pytest.raises(UsageError, match="A state of 1 of 2 readers cannot be shared out among 3"):
        State.from_json(first, unit_rows).shared_anew(unit_rows, 3)
    for begin in ([[0, 5, 4]], [[0, 0, 11]], [[1, 2], [0, 1]], [[7, 8]], ["x"]):
        with pytest.raises(UsageError, match="damaged"):
            State.from_json({**first, "from": begin}, unit_rows)
