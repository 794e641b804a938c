"""What hypothesis draws: sources that are almost right, and dialects to read them with."""

from hypothesis import strategies as st

FRAGMENTS = [
    *("\n", "\n", "\r\n", "\r", "\t", "\t", " ", "\n\n", "\n\t\n", "\n \t \n"),
    *("<s>\n", "</s>\n", "\n<s>\n", "\n</s>\n", "\n</s>\r\n<s>\r\n", "<s>", "</s>"),
    *("a\tO\n", "b\tB-X\n", "\tO\n", " \tO\n", "c\tI-A-longer-tag\n", "d\tI-A-longer-tug-of-seventeen\n", "e\t\n"),
    *("a long token of more than sixteen bytes\tO\n", "x y", "e\tO\tz\n", "w O\n"),
    *(
        "# comment\n",
        "\n# id = 7\n",
        "#tag\tO\n",
        "\n#tag\tB-X\n",
        "\n#\tB\n",
        "\n-DOCSTART-ish\tO\n",
        "# doc = n2\tI-Y\n",
        "\n-DOCSTART-\tO\n\n",
        "\n-DOCSTART-\n",
        "\n# doc = n1\n",
        "# doc = \n",
    ),
    *("é\tO\n", "\u2028\tO\n", "\x85\tO\n", "\ufeff", "\ufeff\tO\n", "😀\tO\n", "\x00", "\u00a0\tO\n"),
]

texts = st.lists(st.sampled_from(FRAGMENTS), max_size=30).map("".join)
sources = texts.map(str.encode)
dirty = st.lists(st.sampled_from([*map(str.encode, FRAGMENTS), b"\xff", b"\xed\xa0\xbd", b"\xc3"]), max_size=30).map(
    b"".join
)
