"""Of what kind is a text whose tags stand in no column of their own? It is not read, and it is said what to make of it."""

import re
from typing import Final

from tagpress.errors import SourceError

_SPANS: Final = 'write the plain text with its spans, such as {"text": "Ada came.", "spans": [[0, 3, "PER"]]} a line'
_LISTS: Final = 'write two lists a sentence, such as {"tokens": ["Ada", "came"], "ner_tags": ["B-PER", "O"]} a line'
_SLASHES: Final = (
    "write a token a line, its tag behind a tab, and an empty line behind each sentence: "
    r"sed -E 's/$/\n/; s/ +/\n/g' OLD | sed -E 's#/([^/]+)$#\t\1#' > NEW"
)
# What is seen, as a pattern of a line; what it is called; and what to do.
_KINDS: Final[tuple[tuple[re.Pattern[str], str, str], ...]] = (
    (re.compile(r"\s*\[\s*[\[{\"]"), "JSON whose items are no objects with a name for each list", _LISTS),
    (re.compile(r".*<([A-Za-z][\w-]*)(?: [^<>]*)?>[^<>]+</\1>"), "text with its marks in it, as XML has them", _SPANS),
    (re.compile(r".*\[[^\[\]]+\]\(\w[^()]*\)"), "text with its marks in it, in brackets", _SPANS),
    (re.compile(r".*\[[A-Z][A-Za-z_]* [^\[\]]+\]"), "text with its marks in it, in brackets", _SPANS),
    (
        re.compile(r"(?:\S+/(?:O|[BIESLUM]-\S+)(?:\s+|$)){2}"),
        "sentences whose tokens have their tags behind a slash",
        _SLASHES,
    ),
)


def refuse_marked(path: str, lines: list[tuple[int, str]]) -> None:
    """
    Refuse lines, given with their numbers, most of which are of such a kind.

    Raises:
        SourceError: they are.

    """
    for pattern, what, hint in _KINDS:
        seen = [(number, line) for number, line in lines if pattern.match(line)]
        if seen and 2 * len(seen) > len(lines):
            number, line = seen[0]
            raise SourceError(f"{path}:{number} is {what}: {line[:60]!r}", hint)


def refuse_tags_alone(path: str, number: int, line: str) -> None:
    """
    Refuse a line of tags without a token.

    Raises:
        SourceError: always.

    """
    hint = (
        "put each sentence on one line, its tokens, a tab, and its tags, below a line that names both: "
        r"(printf 'tokens\ttags\n'; paste TOKENS TAGS) > NEW.tsv, and of lines in turn "
        r"(printf 'tokens\ttags\n'; grep . OLD | paste - -) > NEW.tsv"
    )
    raise SourceError(f"{path}:{number} has tags alone, {line[:60]!r}: their tokens are in another line or file", hint)
