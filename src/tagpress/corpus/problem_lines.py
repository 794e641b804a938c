"""How do many problems become lines of JSON? As each would by itself, but what many of them share is spelled out once."""

from collections.abc import Iterator
from functools import cache
from json.encoder import encode_basestring as spelled

from tagpress.corpus.place import has_rows, placed
from tagpress.corpus.problem_table import ProblemTable


def problem_lines(problems: ProblemTable, config: str | None = None) -> Iterator[str]:
    """Yield each problem as `to_json` has it, with the keys sorted; each says `config`, where that is given."""
    once = cache(spelled)
    own = "" if config is None else f', "config": {spelled(config)}'
    for doubt, path, line, col, code, severity, found, expected, hint, sentence, name in problems.rows():
        here, wanted, cure = spelled(found), once(expected), once(hint)
        place = f', "place": {spelled(placed(path, line, col))}' if has_rows(path) else ""
        score = f', "score": {round(1 - doubt, 4)}' if doubt else ""
        yield (
            f'{{"code": {once(code)}, "col": {col}{own}, "expected": {wanted}, "found": {here}, "hint": {cure}, '
            f'"id": {spelled(name) if name else "null"}, "line": {line}, '
            f'"message": "found {here[1:-1]}; expected {wanted[1:-1]}; {cure[1:-1]}", '
            f'"path": {once(path)}{place}{score}, "sentence": {sentence or "null"}, "severity": {once(severity)}}}\n'
        )
