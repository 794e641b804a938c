"""A dialect as a parser: it reads, its faults become problems with places, and its counts are those of a plain loop."""

import json
from collections.abc import Callable

from fuzz.law import LONGEST, Entry, UnlawfulError
from read.values import everything
from tagpress.build.check import inspect
from tagpress.build.expectations import Expectations
from tagpress.corpus import tags
from tagpress.corpus.identity import document_keys, sentence_keys
from tagpress.corpus.policies import Policies
from tagpress.corpus.schema import Labels
from tagpress.read.dialect import Dialect
from tagpress.read.pair import unpair
from tagpress.read.parsed import Parsed
from tagpress.read.sources.beside import one_for_all

Oracle = Callable[[bytes, Parsed], None]


def read_by(dialect: Dialect, *oracles: Oracle) -> Entry:
    """Return an entry that reads bytes, judges what was read, and asks oracles whether it is all."""
    expected = _expectations(dialect)

    def entry(data: bytes) -> None:
        parsed = dialect.parse(data)
        files = unpair(data)[: 1 if one_for_all(dialect.beside) else 2] if dialect.beside else (data,)
        assert parsed.account.bytes == sum(map(len, files)), parsed.account
        _judge(parsed, expected)
        _in_parts(dialect, data, parsed)
        for oracle in oracles:
            oracle(data, parsed)

    return entry


def _expectations(dialect: Dialect) -> Expectations:
    return Expectations(
        labels=Labels(("X", "PER", "LOC")),
        scheme=tags.scheme_named(dialect.scheme),
        joiner=dialect.joiner,
        policies=Policies({}),
        max_tokens=1000,
        line=getattr(dialect, "line", ""),
        no_quotes=True,
    )


def _judge(parsed: Parsed, expected: Expectations) -> None:
    """See that every sentence has a key and a document, and every fault a place and a sentence of bounded length."""
    assert len(document_keys(parsed.documents)[parsed.document]) == len(sentence_keys(parsed.tokens)) == len(parsed)
    if parsed.sentence_ids is not None:
        parsed.sentence_ids.validate(full=True)
    parsed.tokens.validate(full=True)
    checked = inspect(parsed, expected, path="a.txt")
    for problem in checked.problems:
        assert problem.line > 0, problem
        assert problem.col > 0, problem
        assert json.dumps(problem.to_json(), ensure_ascii=False).encode()
        if len(str(problem)) > LONGEST:
            raise UnlawfulError(f"a problem of {len(str(problem)):,} characters: {problem!s:.200}")


def _in_parts(dialect: Dialect, data: bytes, parsed: Parsed) -> None:
    """See that a file in parts reads as the whole of it; where it is cut depends on what it holds."""
    cut = dialect.boundary(data, 1 + sum(data[:64]) % max(len(data), 1))
    if cut is not None and cut < len(data):
        parts = [(0, dialect.parse(data[:cut])), (cut, dialect.parse(data[cut:], cut))]
        assert _plain(parts) == _plain([(0, parsed)])


def _plain(parts: list[tuple[int, Parsed]]) -> list[object]:
    """Return all that was read; what a fault is called by counts from the beginning of its part."""
    rows, found, lines = everything(parts)
    return [rows, [fault[:3] for fault in found], lines]  # type: ignore[index]
