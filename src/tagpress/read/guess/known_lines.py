"""
Which lines are of a kind that is known, and that no dialect reads? Each is called by its name, with what to do.

Where lines say enough, that is a command whose output is read; else it is why they cannot be.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from tagpress.errors import SourceError
from tagpress.read.guess.samples import Sample

_LOOKS: Final = 60  # lines that have something on them
_SPANS: Final = 'write {"text": "Ada came.", "spans": [[0, 3, "PER"]]} a line'
_PLACES: Final = "where a text has the words of a mention twice, nothing here says which of them is meant"
_ROWS: Final = r"sed -E 's/[[:space:]]*$/\n/; s/ +/\n/g'"
# A program of awk that gives each word of an entity, whose words are parted by slashes, a row of its own.
_CONLL04: Final = (
    r"""awk -F'\t' 'NF == 9 {n = split($6, w, "/"); for (i = 1; i <= n; i++) print w[i] "\t" ($2 == "O" ? "O" : (i == 1 ? "B-" : "I-") $2); """
    r"""next} NF == 0 {print ""}' OLD > NEW"""
)
_NESTED: Final = (
    r"""jq -Rsc 'split("\n") | range(0; length - 3; 4) as $at | {tokens: (.[$at] | split(" ")), spans: (.[$at + 2] | split("|") """
    r"""| map(select(. != "") | capture("(?<b>[0-9]+),(?<e>[0-9]+) (?<t>.+)") | [(.b | tonumber), (.e | tonumber), .t]))}' OLD > NEW.jsonl"""
)
# Programs of awk: what says the tag in FEATS goes into MISC.
_FEATS: Final = (
    r"""awk -F'\t' -v OFS='\t' 'NF == 10 && match($6, /(^|[|])(NE|NER|Entity)=[^|]+/) {v = substr($6, RSTART, RLENGTH); """
    r"""sub(/^[|]/, "", v); $10 = ($10 == "_" ? "" : $10 "|") v} {print}' OLD > NEW"""
)
_NCBI: Final = r"""sed -E 's/^[0-9]+\t//; s/\t/\n/g; s/<category="([^"]+)">/<ENAMEX TYPE="\1">/g; s#</category>#</ENAMEX>#g' OLD > NEW.txt"""
_S800: Final = r"""awk -F'\t' -v OFS='\t' '{sub(/:.*/, "", $2); print $2, $1, $3, $4 + 1, $5}' OLD > NEW.tsv"""
_ATIS: Final = r"(printf 'tokens\tner_tags\n'; sed -E 's/^BOS //; s/ EOS\tO /\t/; s/ [^ ]+$//' OLD) > NEW.tsv"


@dataclass(frozen=True, slots=True)
class _Kind:
    """How lines of a kind are written, what they are called, and what to do; more than a `share` of the lines are so."""

    line: re.Pattern[str]
    called: str
    hint: str
    share: float = 0.5


_KINDS: Final = (
    _Kind(
        re.compile(r".+####\[.*\]\s*"),
        "sentences with triples or pairs of them behind ####, whose numbers count words",
        'write their words and spans, such as {"tokens": ["Good", "food"], "spans": [[1, 2, "aspect"]]} a line',
    ),
    _Kind(
        re.compile(r".+####\S+=\S+.*"),
        "sentences with their tagged words behind ####",
        f"write a token a line, its tag behind a tab: sed -E 's/.*####//' OLD | {_ROWS} | sed -E 's/=([^=]+)$/\\t\\1/' > NEW",
    ),
    _Kind(
        re.compile(r"\d+\tIN:\S+\t(?:\d+:\d+:SL:[^\t]+)?\t.*"),
        "utterances of MTOP, with the places of slots in a column",
        f"{_SPANS}: the third column has begin, end and SL:TYPE, the fourth the text",
    ),
    _Kind(re.compile(r".*\t\[IN:\S+ .*\]\s*"), "utterances of TOP, whose slots are in a tree", _SPANS),
    _Kind(
        re.compile(r"BOS .* EOS\tO .*"),
        "utterances of ATIS with BOS and EOS around them, and the intent behind their tags",
        f"make a table of tokens and tags: {_ATIS}",
    ),
    _Kind(
        re.compile(r"\d+\t\S+\t\d+\tO\t\S+\t\S+\tO\tO\tO\s*"),
        "rows of CoNLL04, an entity in each, with slashes between its words",
        f"write a token a line, its tag behind a tab: {_CONLL04}",
    ),
    _Kind(
        re.compile(r"\d+,\d+ (?!O\s*$|[BIESLUM]-)\S+(?:\|\d+,\d+ \S+)*"),
        "sentences of three lines: words, parts of speech, and spans that count words",
        f"make an object of each: {_NESTED}",
        share=0.15,
    ),
    _Kind(
        re.compile(r"\S+\|\d+ \d+\|.+"),
        "mentions of BioCreative II, whose places leave out white space and whose texts are in another file",
        _SPANS,
    ),
)
_MORE: Final = (
    _Kind(
        re.compile(r'\d+\t.*<category="[^"]+">.*'),
        "abstracts of the NCBI disease corpus with marks in them",
        f"make a line of each title and each text: {_NCBI}",
    ),
    _Kind(
        re.compile(r"\S+\t\S+:\d+\t\d+\t\d+\t.+"),
        "mentions of S800, whose last characters are in them, beside texts",
        f"make a table that names texts, and put it beside them in place of this: {_S800}",
    ),
    _Kind(
        re.compile(r"\S+\t[BI]\t[^\t]+\t[^\t]+(?:\t.*)?"),
        "words with links of entities, as AIDA CoNLL-YAGO has them, and no types",
        "take the types from CoNLL-2003, whose sentences these are, or write B-Entity and I-Entity as the last column",
        share=0.05,
    ),
    _Kind(
        re.compile(r'\d+\t"[^"]*<e1>.*</e2>.*"\s*'),
        "sentences of SemEval 2010, task 8, with a number before each",
        "take the sentences out: sed -nE 's/^[0-9]+\\t\"(.*)\"[[:space:]]*$/\\1/p' OLD > NEW.txt",
        share=0.2,
    ),
    _Kind(
        re.compile(
            r"(?:[^\t]*\t){5}(?:[^\t]*\|)?(?:NE|NER|Entity)=(?:O|[BIESLUM]-[^\t|]+)(?:\|[^\t]*)?(?:\t[^\t]*){4}"
        ),
        "tags of entities in FEATS, as lines of CoNLL-U have features of a word",
        f"write them into MISC, where they are looked for: {_FEATS}",
        share=0.1,
    ),
    _Kind(
        re.compile(r"(?:[^\t]*\t){9}(?:[^\t]*\|)?Entity=\(?[^\t]*"),
        "entities of coreference in MISC, `Entity=`, as GUM and CorefUD have them, which lie in each other",
        'write tokens and spans, such as {"tokens": ["Ada", "ran"], "spans": [[0, 1, "person"]]} a line',
        share=0.1,
    ),
    _Kind(
        re.compile(r"[A-Z]{3,8} \S.*"),
        "names with their types before them, and no sentences",
        f"name a corpus, or {_SPANS}",
        share=0.98,
    ),
)
_BSNLP: Final = _Kind(
    re.compile(r"[^\t]+\t[^\t]*\t(?:PER|LOC|ORG|PRO|EVT)\t\S+"),
    "entities of BSNLP, without their places",
    f"{_SPANS}: {_PLACES}",
)
_RECOGITO: Final = re.compile(r"\W?UUID,FILE,QUOTE_TRANSCRIPTION,ANCHOR,TYPE")
_LISTED: Final = re.compile(r"\W?Text,Type\s*")
_MARKED: Final = re.compile(r"\W?(?:spans,text|text,spans)\s*")
_CHARACTERS: Final = re.compile(r'"?\[\d+(?:, ?\d+)*\]"?,.*|.*,"?\[\d+(?:, ?\d+)*\]"?\s*')


def refuse_known_lines(samples: Sequence[Sample], encoding: str, *, unread: bool = False) -> None:
    """
    Refuse sources of lines that are of such a kind; of more kinds, where it was tried to read them and they are `unread`.

    Raises:
        SourceError: the first is, or any has entities of BSNLP or annotations of Recogito.

    """
    for number, sample in enumerate(samples):
        lines = [*islice((text for text in sample.texts(encoding) if text.strip()), _LOOKS)]
        if lines and lines[0].lstrip()[:1] not in {"{", "[", "<"}:
            _refuse(sample.source.name, lines, (_MORE if unread else _KINDS) if number == 0 else ())


def _refuse(name: str, lines: Sequence[str], kinds: Sequence[_Kind]) -> None:
    if _RECOGITO.match(lines[0]):
        hint = "export its documents as TEI, and name these files"
        raise SourceError(f"{name} has annotations of Recogito, whose texts are in other files", hint)
    if _LISTED.fullmatch(lines[0]):
        raise SourceError(f"{name} has names with their types, and no sentences", f"name a corpus, or {_SPANS}")
    if _MARKED.fullmatch(lines[0]) and any(map(_CHARACTERS.fullmatch, lines[1:])):
        hint = f"{_SPANS}: a span is a run of them"
        raise SourceError(f"{name} has texts with the place of each marked character", hint)
    for kind in (*kinds, _BSNLP):
        if sum(kind.line.fullmatch(line) is not None for line in lines) > kind.share * len(lines):
            raise SourceError(f"{name} has {kind.called}", kind.hint)
