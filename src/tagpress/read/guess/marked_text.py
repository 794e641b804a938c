"""Of what kind is a text whose tags stand in no column of their own? It is not read, and it is said what to make of it."""

import re
from typing import Final

from tagpress.errors import SourceError

_SPANS: Final = 'write the plain text with its spans, such as {"text": "Ada came.", "spans": [[0, 3, "PER"]]} a line'
_LISTS: Final = 'write two lists a sentence, such as {"tokens": ["Ada", "came"], "ner_tags": ["B-PER", "O"]} a line'
# What is seen, as a pattern of a line; what it is called; and what to do.
_KINDS: Final[tuple[tuple[re.Pattern[str], str, str], ...]] = (
    (re.compile(r"\s*\[\s*[\[{\"]"), "JSON whose items are no objects with a name for each list", _LISTS),
    (re.compile(r".*<([A-Za-z][\w-]*)(?: [^<>]*)?>[^<>]+</\1>"), "text with its marks in it, as XML has them", _SPANS),
    (re.compile(r".*\[[^\[\]]+\]\(\w[^()]*\)"), "text with its marks in it, in brackets", _SPANS),
    (re.compile(r".*\[[A-Z][A-Za-z_]* [^\[\]]+\]"), "text with its marks in it, in brackets", _SPANS),
)


_SIGNS: Final = {
    "###": "three hash signs",
    "//": "two slashes",
    "/": "a slash",
    "|": "a bar",
    "_": "an underscore",
    "=": "an equals sign",
}
"""What may stand between a token and its tag, the longer one first."""
_TAG: Final = re.compile(r"O|[BIESLUM]-.+")
_BARE: Final = re.compile(r"O|[A-Z][A-Za-z]*")
_CLASS: Final = re.compile(
    r"[A-Za-z]{1,4}[$*-]?(?:-[A-Za-z]{2})?|[.,:()'`-]{1,2}|--"
)  # of words, as corpora of them have it
_CLASSES: Final = 100  # different ones, at most
_TOKENS: Final = 200  # of a line that are looked at
_MOST: Final = 0.9  # of them that have a tag


def refuse_behind_signs(path: str, lines: list[tuple[int, str]]) -> None:
    """
    Refuse lines that are sentences whose tokens have their tags behind a sign, as `Ada|NNP|I-PER`.

    Raises:
        SourceError: most are.

    """
    for sign, called in _SIGNS.items():
        seen = [(number, line) for number, line in lines if _is_tagged(line, sign)]
        if 2 * len(seen) > len(lines):
            number, line = seen[0]
            message = f"{path}:{number} is sentences whose tokens have their tags behind {called}: {line[:60]!r}"
            raise SourceError(message, _a_token_a_line(sign, [line for _, line in seen]))
    classed = [line for _, line in lines if _is_classed(line)]
    if len(lines) > 1 and len(classed) > _MOST * len(lines):
        number, line = lines[0]
        message = f"{path}:{number} is sentences whose words have their classes behind a slash: {line[:60]!r}"
        raise SourceError(message, _a_token_a_line("/", classed))


def _is_tagged(line: str, sign: str) -> bool:
    """Return whether a line has several tokens, and nearly all have a tag behind their last sign, or a type, where some have O."""
    tokens = line.split(maxsplit=_TOKENS)[:_TOKENS]
    parted = (token.rpartition(sign) for token in tokens)
    ends = [end for head, _, end in parted if head]
    if len(tokens) < 2 or len(ends) < _MOST * len(tokens):  # noqa: PLR2004 - several
        return False
    least = _MOST * len(tokens)
    typed = "O" in ends and sum(_BARE.fullmatch(end) is not None for end in ends) >= least
    return typed or sum(_TAG.fullmatch(end) is not None for end in ends) >= least


def _is_classed(line: str) -> bool:
    """Return whether nearly all tokens of a line have the class of a word behind a slash: `The/at Fulton/np-tl`, `来/v`."""
    parted = [token.rpartition("/") for token in line.split(maxsplit=_TOKENS)[:_TOKENS]]
    ends = [end for head, _, end in parted if head]
    return len(ends) > 1 and sum(_CLASS.fullmatch(end) is not None for end in ends) >= _MOST * len(parted)


def _a_token_a_line(sign: str, lines: list[str]) -> str:
    """Return what to type so that each token has a line, and what stands behind its signs columns."""
    cells = min(token.count(sign) for line in lines for token in line.split())
    one = "".join(f"[{character}]" for character in sign) + f"([^{sign[0]}]+)"
    columns = "".join(rf"\t\{number + 1}" for number in range(cells))
    return (
        "write a token a line, its tag behind a tab, and an empty line behind each sentence: "
        rf"sed -E 's/[[:space:]]*$/\n/; s/ +/\n/g' OLD | sed -E 's#{one * cells}$#{columns}#' > NEW"
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
        "put the file that has the tokens of each line beside this one, and name both; of lines in turn, make a table of "
        r"sentences: (printf 'tokens\ttags\n'; grep . OLD | paste - -) > NEW.tsv"
    )
    raise SourceError(f"{path}:{number} has tags alone, {line[:60]!r}: their tokens are in another line or file", hint)
