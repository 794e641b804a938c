"""
Slow readers, written apart from the package: a few lines each, that say what a dialect means.

They return (tokens, tags) of each sentence. `faults` of the columns' reader are (code, line number from 1), which is
all that a plain loop knows.
"""

import re

Sentence = tuple[list[str], list[str]]
Fault = tuple[str, int]


def lines(data: bytes) -> list[str]:
    text = data.decode().removeprefix("\ufeff")
    found = [line.removesuffix("\r") for line in text.split("\n")]
    last = text.rsplit("\n", 1)[-1]
    return [*found[:-1], last] if last else found[:-1]


def columns(line: str, delimiter: str | None) -> list[str]:
    return line.split(delimiter) if delimiter else re.findall("[^ \t]+", line)


def blank(line: str, rule: str, delimiter: str | None) -> bool:
    if delimiter is None or rule == "whitespace":
        return not line.strip(" \t")
    return not (line.replace(delimiter, "") if rule == "delimiters" else line)


def like_a_token(line: str, delimiter: str | None, width: int, tag: int, document: str | None) -> bool:
    row = columns(line, delimiter)
    if len(row) != width or (document and document in {(delimiter or " ").join(row[:i]) for i in range(1, width + 1)}):
        return False
    return bool(re.fullmatch("O|[BIESMLU](-.+)?", row[tag], re.DOTALL))


def by_blank_lines(
    data: bytes,
    *,
    token: int = 0,
    tag: int = 1,
    delimiter: str | None = "\t",
    width: int = 2,
    rule: str = "empty",
    comment: str | None = None,
    document: str | None = None,
) -> tuple[list[Sentence], list[Fault]]:
    """Sentences between blank lines; also the faults."""
    sentences: list[Sentence] = []
    faults = []
    open_ = False
    for number, line in enumerate(lines(data), 1):
        if blank(line, rule, delimiter):
            open_ = False
            continue
        of_document = bool(document and line.startswith(document))
        if of_document or (comment and line.startswith(comment) and not open_):
            if not like_a_token(line, delimiter, width, tag, document if of_document else None):
                open_ = open_ and not of_document
                continue
            faults.append(("ambiguous-comment", number))
        if not open_:
            sentences.append(([], []))
            open_ = True
        row = columns(line, delimiter)
        if len(row) == width:
            sentences[-1][0].append(row[token])
            sentences[-1][1].append(row[tag])
            if not row[token]:
                faults.append(("empty-token", number))
        else:
            faults.append(("ragged-line", number))
    return sentences, faults


def by_markers(  # noqa: C901 - three states and four kinds of line, spelled out
    data: bytes, *, start: str = "<s>", end: str = "</s>", delimiter: str = "\t", width: int = 2
) -> tuple[list[Sentence], list[Fault]]:
    """Sentences between markers, and what stands outside of them; also the faults."""
    sentences: list[Sentence] = []
    faults = []
    where, begun = "outside", 0
    for number, line in enumerate(lines(data), 1):
        if line == start:
            if where == "inside":
                faults.append(("nested-sentence", number))
            sentences.append(([], []))
            where, begun = "inside", number
        elif line == end:
            if where == "outside":
                faults.append(("stray-line", number))
            where = "outside"
        elif where != "inside" and not line:
            where = "outside"
        else:
            if where == "outside":
                faults.append(("stray-line", number))
                sentences.append(([], []))
                where = "astray"
            row = columns(line, delimiter)
            if len(row) == width:
                sentences[-1][0].append(row[0])
                sentences[-1][1].append(row[1])
                if not row[0]:
                    faults.append(("empty-token", number))
            else:
                faults.append(("ragged-line", number))
    if where == "inside":
        faults.append(("unclosed-sentence", begun))
    return sentences, faults
