"""Keys tell apart what is not the same, and forgive what they say."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tagpress.columnar.bounds import bounds_of
from tagpress.columnar.hash_loops import mention_keys, number_keys, text_keys, words_of
from tagpress.columnar.mixing import half_mixed

TEXTS = st.lists(st.binary(max_size=20) | st.sampled_from([b"Ab9/:@[`{", b"aB0/:@[`{", b"AB", b"ab\x00"]), max_size=6)


def keys_of(texts):
    data = np.frombuffer(b"".join(texts), dtype=np.uint8)
    return [column.tolist() for column in text_keys(words_of(data), bounds_of([len(text) for text in texts]))]


def forgiven(text):
    return text.lower().translate(bytes.maketrans(b"0123456789", b"0000000000"))


@given(TEXTS)
def test_texts_have_one_key_where_they_differ_in_the_case_and_the_digits_of_ascii_only(texts):
    keys, _ = keys_of(texts)
    assert len({*zip(keys, map(forgiven, texts), strict=True)}) == len(set(keys)) == len({*map(forgiven, texts)})


@given(TEXTS)
def test_texts_with_white_space_or_more_than_ascii_are_odd(texts):
    _, odd = keys_of(texts)
    assert odd == [any(byte <= ord(" ") or byte > 0x7F for byte in text) for text in texts]


@given(st.lists(st.lists(st.integers(0, 300), max_size=5), max_size=6))
def test_rows_of_numbers_have_one_key_where_they_are_equal(rows):
    numbers = np.array([number for row in rows for number in row], dtype=np.int16)
    keys = number_keys(numbers, bounds_of([len(row) for row in rows])).tolist()
    assert len({*zip(keys, map(tuple, rows), strict=True)}) == len(set(keys)) == len({*map(tuple, rows)})


def test_keys_spread_evenly_over_the_line():
    keys = np.array(
        keys_of(
            [str(number).encode().translate(bytes.maketrans(b"0123456789", b"abcdefghij")) for number in range(50_000)]
        )[0]
    )
    counts = np.histogram(keys.astype(np.float64), bins=50, range=(0, 2.0**64))[0]
    # Chi-squared with 49 degrees of freedom exceeds 100 once in 40,000 cases.
    assert ((counts - 1000) ** 2 / 1000).sum() < 100


def plain_key(run, context):
    """What the key of a run of tokens is, in Python's own numbers."""

    def mixed(number):
        return int(half_mixed(np.array([number % 2**64], dtype=np.uint64))[0])

    total = 0
    for nth, token in enumerate(run):
        head, tail = (int.from_bytes(part, "little") for part in (token[:8], token[-8:]))
        total += mixed(mixed(head + mixed(tail + mixed(len(token)))) + nth * 0x9E3779B97F4A7C15)
    return mixed((total % 2**64) ^ mixed(context))


@given(st.lists(st.binary(max_size=20), max_size=6), st.data())
def test_runs_of_tokens_have_the_key_that_is_defined(tokens, more):
    place = st.integers(0, len(tokens))
    runs = [sorted(pair) for pair in more.draw(st.lists(st.tuples(place, place), max_size=4))]
    spans = tuple(np.array([run[end] for run in runs], dtype=np.int64) for end in (0, 1))
    context = np.arange(len(runs), dtype=np.uint64) << np.uint64(33)
    data, bounds = np.frombuffer(b"".join(tokens), dtype=np.uint8), bounds_of([len(token) for token in tokens])
    found = mention_keys(words_of(data), bounds.astype(np.int32), spans, context).tolist()
    assert found == [plain_key(tokens[a:b], int(own)) for (a, b), own in zip(runs, context, strict=True)]
