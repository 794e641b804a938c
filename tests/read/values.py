"""`Parsed` as plain values that compare."""

from tagpress.read.parsed import Parsed

MOVES = {"nested-sentence": "offset", "bad-encoding": "source", "empty-token": "token"}


def sentences(parsed: Parsed) -> list[tuple[list[str], list[str]]]:
    """Tokens and tags of each sentence."""
    offsets = parsed.tokens.offsets.to_pylist()
    tags = [parsed.tag_names[tag] for tag in parsed.tags]
    return [
        (tokens, tags[begin:stop])
        for tokens, begin, stop in zip(parsed.tokens.to_pylist(), offsets, offsets[1:], strict=False)
    ]


def fault_lines(parsed: Parsed) -> list[tuple[str, int]]:
    """The faults that a plain loop sees, with their line."""
    rows = [(code, parsed.locate(at)[0]) for code, at, _, _ in parsed.faults.rows()]
    return sorted(row for row in rows if row[0] != "empty-sentence")


def everything(parts: list[tuple[int, Parsed]]) -> tuple[list[object], list[object], int]:
    """All that was read from consecutive pieces, each with its offset in the source, with offsets of the whole."""
    rows: list[object] = []
    faults: list[object] = []
    base = tokens = lines = 0
    for source, part in parts:
        ids = part.sentence_ids.to_pylist() if part.sentence_ids is not None else [None] * len(part)
        extra = {name: column.to_pylist() for name, column in part.extra.items()}
        shift = {"offset": base, "source": source, "token": tokens}
        for code, at, sentence, detail in part.faults.rows():
            owner = len(rows) + sentence if sentence >= 0 else -1
            faults.append((code, at + base, owner, detail + shift.get(MOVES.get(code, ""), 0)))
        first = part.tokens.offsets.to_numpy()
        for i, sentence in enumerate(sentences(part)):
            places = (part.token_at[first[i] : first[i + 1]] + base, part.tag_at[first[i] : first[i + 1]] + base)
            lines_at = (int(part.sentence_at[i]) + base, int(part.sentence_stop[i]) + base)
            kept = {name: column[i] for name, column in extra.items()}
            named = (part.documents[part.document[i]], ids[i])
            rows.append((*sentence, *(place.tolist() for place in places), lines_at, named, kept))
        base, tokens, lines = base + len(part.data), tokens + len(part.tags), lines + part.lines
    return rows, faults, lines
