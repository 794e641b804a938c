"""What hypothesis draws: sentences of awkward tokens with valid IOB2 label ids in the published order."""

from hypothesis import strategies as st

FRAGMENTS = [
    *("similarity", "learning", "k-means", "Ada", "x", "(", "C++", "é", "e\u0301", "ß", "\u0130", "日本", "한"),
    *(
        "😀",
        "👩‍💻",
        "🏳️‍🌈",
        "\u200b",
        "\u200d",
        "\u200e",
        "\ufeff",
        "\xad",
        "\u0301",
        "\ufffd",
        "\x00",
        "\x07",
        "\ue401",
    ),
    *(" ", "  ", "\t", "\u00a0", "\u3000", "\n", "[SEP]", "[CLS]", "<pad>", "[UNK]", "##s", "Ġ", "gethostbyname( )"),
]
tokens = st.one_of(st.sampled_from(FRAGMENTS), st.lists(st.sampled_from(FRAGMENTS), max_size=4).map("".join))


@st.composite
def sentences(draw, types=3):
    found = draw(st.lists(tokens, max_size=8))
    ids: list[int] = []
    for _ in found:
        choices = [0, *(2 * k + 1 for k in range(types)), *([ids[-1] + ids[-1] % 2] if ids and ids[-1] else [])]
        ids.append(draw(st.sampled_from(choices)))
    return found, ids


batches = st.lists(sentences(), max_size=6)
