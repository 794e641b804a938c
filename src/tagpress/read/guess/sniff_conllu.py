"""Guess what CoNLL-U and CoNLL-U Plus have: tags of entities in MISC or in a column of its own, or parts of speech alone."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import chain
from typing import Final

from tagpress.corpus.problems import counted, few
from tagpress.errors import SourceError
from tagpress.read.conllu import CONLLU_COLUMNS, ConllU, ConllUPlus
from tagpress.read.dialect import Dialect
from tagpress.read.guess import layout
from tagpress.read.guess.samples import Line, Reason, Sample, because, encoding_of

Guess = tuple[Dialect, list[Reason], list[str]]

PLUS: Final = "# global.columns ="
_MISC: Final = re.compile(r"(?:^|(?<=\|))([^|=]+)=(?:O|[BIESLUM]-[^|]+)(?=\||$)")
_LINES: Final = 1000  # in which a word must come
_FILES: Final = 20  # that are looked at for keys in MISC


def conllu(samples: Sequence[Sample], encoding: str) -> Guess:
    """Guess the key in MISC under which most tags stand."""
    keys, line = _misc_keys(samples, encoding)
    key = max(keys, key=lambda one: keys[one])
    others = [other for other in keys if other != key]
    doubts = [f"tags: MISC has tags under {few(others)} too"] if others else []
    return (
        ConllU(key=key, encoding=encoding),
        [because(f"ten columns, and a tag in MISC under {key!r}", line)] if line else [],
        doubts,
    )


def treebank(_: Sequence[Sample], encoding: str) -> Guess:
    """Guess that a treebank has what its own columns have, and no entities."""
    reason = Reason("ten columns with parts of speech, as CoNLL-U has them, and no tag of an entity in MISC")
    return ConllU(key=None, extra=("UPOS",), encoding=encoding), [reason], []


def conllu_plus(samples: Sequence[Sample], encoding: str) -> Guess:
    """
    Guess the columns of the tokens and of the tags among those that the first line names.

    Raises SourceError if lines have more columns than it names.
    """
    first, *rest = samples[0].lines(encoding)
    names = first.text.removeprefix(PLUS).split()
    found = layout.guess([[line for line in rest if not line.text.startswith("#")]])
    if len(names) <= max(found.token, found.said, found.widths[-1] - 1):
        message = (
            f"the first line of {first.path} names {counted(len(names), 'column')}, and lines have {found.widths[-1]}"
        )
        raise SourceError(message, "name each of them: # global.columns = ID FORM NER")
    token = "FORM" if "FORM" in names else names[found.token]
    said = names[found.said]
    if found.tag is None:
        dialect = ConllUPlus(token=token, tag=None, extra=(said,), encoding=encoding)
        return dialect, [because(f"the first line names the columns, {said} has parts of speech, none tags", first)], []
    dialect = ConllUPlus(token=token, tag=said, encoding=encoding)
    return dialect, [because(f"the first line names the columns, {said} reads like tags", first)], []


def _misc_keys(samples: Sequence[Sample], encoding: str) -> tuple[Counter[str], Line | None]:
    """Return the keys in MISC under which tags stand, with how often, and a line that shows one."""
    keys, example = Counter[str](), None
    for line in chain.from_iterable(sample.lines(encoding) for sample in samples[:_FILES]):
        columns = line.text.split("\t")
        found = _MISC.findall(columns[-1]) if len(columns) == len(CONLLU_COLUMNS) else []
        example = example or (line if found else None)
        keys.update(found)
    return keys, example


def is_conllu(sample: Sample) -> bool:
    """Return whether lines have ten columns, and some have tags in the last."""
    tabs = len(CONLLU_COLUMNS) - 1
    if all(line.count(b"\t") != tabs for line in sample.data.split(b"\n", _LINES)[:_LINES]):
        return False
    return bool(_misc_keys([sample], encoding_of([sample])[0])[0])
