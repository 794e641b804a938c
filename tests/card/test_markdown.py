"""No text from a corpus can become anything but text; a Markdown parser of its own is the judge."""

import html
import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tagpress.card.markdown import code, plain, size, table, visible

AWKWARD = string.punctuation + " \t\n\r\u00a0\u200e\u200d\u202e\u2028֑שa1é👩🜲\x00\x85�"
texts = st.text(alphabet=st.one_of(st.sampled_from(AWKWARD), st.characters(codec="utf-8")), min_size=1, max_size=20)
PARSER = MarkdownIt("commonmark", {"html": True}).enable("table")


def cells_of(markdown: str) -> list[list[str]]:
    """Return the text of every cell, row by row, after the header."""
    rows: list[list[str]] = []
    for token in PARSER.parse(markdown):
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            # Character references in raw text are only decoded by the reader of the HTML.
            assert all(
                child.type in ("text", "code_inline", "html_inline", "text_special") for child in token.children or ()
            )
            tags = [child.content for child in token.children or () if child.type == "html_inline"]
            assert tags in ([], ["<code>", "</code>"] * (len(tags) // 2))
            rows[-1].append("".join(child.content for child in token.children or () if child.type != "html_inline"))
    return rows[1:]


@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=3))
@example([("a|b", "\\|"), ("`", "``|``"), ("<script>", "&amp;"), ("\\", " "), ("|", "||")])
def test_a_token_never_breaks_the_table(pairs: list[tuple[str, str]]) -> None:
    found = cells_of(table(["left", "right"], [[code(a), f"{code(b)}, {code(a)}"] for a, b in pairs]))
    bare = [[cell.replace("\u2068", "").replace("\u2069", "") for cell in row] for row in found]
    assert bare == [[visible(a), f"{visible(b)}, {visible(a)}"] for a, b in pairs]


@given(texts)
@example("- a list")
@example("1. a list")
@example("# a heading")
@example("a | b\n| --- | --- |")
def test_prose_stays_prose(text: str) -> None:
    wanted = visible(" ".join(text.split()))
    rendered = PARSER.render(plain(text))
    assert html.unescape(rendered.removeprefix("<p>").removesuffix("</p>\n")) == wanted
    found = cells_of(table(["a", "b"], [[plain(text) or "-", "x"]]))
    assert found == [[wanted or "-", "x"]]


@given(texts)
def test_every_character_can_be_seen(text: str) -> None:
    shown = visible(text)
    assert all(character.isprintable() or character in "\u200c\u200d" for character in shown)
    assert shown.strip()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (" ", "␣"),
        ("a  b", "a␣␣b"),
        ("( )", "( )"),
        ("\u200d", "<U+200D>"),
        ("👩\u200d🔬", "👩\u200d🔬"),
        ("\u0301a", "◌\u0301a"),
        ("\ue401", "<U+E401>"),
    ],
)
def test_what_cannot_be_seen_is_named(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_right_to_left_text_keeps_to_itself() -> None:
    assert code("שלום") == "\u2068`שלום`\u2069"
    assert code("hello") == "`hello`"


@pytest.mark.parametrize(
    ("count", "shown"), [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (10**6, "1.0 MB"), (25 * 10**8, "2.5 GB")]
)
def test_sizes_have_units(count: int, shown: str) -> None:
    assert size(count) == shown
