"""The dialect of annotation tools: texts, and spans that point into them by character."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from tagpress.errors import UsageError
from tagpress.read.account import LineAccount, filled_or_blank, total
from tagpress.read.json_items import lists_beside
from tagpress.read.pair import Pair, unpair
from tagpress.read.parsed import Parsed
from tagpress.read.sources import text as texts
from tagpress.read.sources.beside import checked_rule, one_for_all
from tagpress.read.sources.text import Text
from tagpress.read.spans import tokenise
from tagpress.read.spans.assemble import SENTENCES, AssemblyRules, assemble
from tagpress.read.spans.containers import CONTAINERS, IN_JSON, fields, lines_at_once, records, values
from tagpress.read.spans.formats.parts import ENDS, split_of
from tagpress.read.spans.formats.table import FORMATS
from tagpress.read.spans.record import PARTS, Batch, Format, Join, Placed, RecordReading, batch_of
from tagpress.read.spans.tables import BINARY, json_lines
from tagpress.read.spans.texts import UNITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Spans:
    """
    Texts with spans, as annotation tools export them.

    `format` is doccano, prodigy, label-studio, label-studio-min, spacy (which needs the extra), spacy-train-data, gliner,
    pubtator, bioc, bioc-json, webanno, xmi, argilla, spacy-json (of spaCy 2), dataturks, lighttag, ubiai, rasa, rasa-text
    (YAML and Markdown), vertex, automl, bigbio, by-type (places below their types), cas-json (of UIMA), cluener, datasaur, dialogflow, docred, gate,
    tei, timeml, genia (XML with marks in its text), xml-places (of SemEval's ABSA, and DDI), folia, tcf, naf, ccl (XML of words), google (Natural Language), kili, labelbox, luis, mae, mrc (questions of MRC-NER), snips, w2ner,
    row-marks, drugprot (tables beside texts), inline-xml, opennlp, inline-brackets, inline-types, inline-colon, yedda (texts with their marks in them), dygie, token-spans (a list of tokens, and spans that count in them), or `json`: any
    object with a text and a list of spans, `[begin, end, label]` or objects; or `rows`: one span a row, and rows with the same text are a record.
    `tokens` says how a text is cut: "words" (runs of letters, digits and _, or one other character, with the marks
    behind it), "whitespace", "file" (the tokens of the source), "spacy:en" (those of a blank language of spaCy, an extra), or a
    regular expression of what is a token. It is named in the release.
    `units` says how offsets count: "codepoints", "utf16", "bytes"; "codepoints-lf" and "utf16-lf" count a CRLF of
    the text as one. `sentences`: a "record" is one, or its "lines" are.
    `container`: a value of JSON is on each of the "lines", in an "array" (that in the member `inside`, where it is named), is a
    member of a "keyed" object (whose key is its `sentence_id`), a row of "columns", or the "whole" file; or it is a row of a table, "csv", "tsv" or "csv-semicolon", whose first row
    names the fields, and whose lists are JSON or literals of Python as text; or of a file of "parquet" or "arrow"; or it
    is an item of a list in a file of "python", of which nothing is run.
    `text`, `spans`: the fields of a record, where they are not called as the tool calls them; `begin`, `end`, `label` and
    `said` those of a span, and `said` what the tool says stands there, which is checked. Each may be a path, as `value.start`
    or the number of an item in a list. `ends` says what the end is: the place "behind" the last character, that of the
    "last" one, or a "length". `annotator`: whose annotations
    are read, where several people annotated. `layer`: the layer of WebAnno or
    UIMA, `name` or `name|feature`, or the control of Label Studio (`from_name`),
    the set of annotations of GATE, the attribute of MAE that says types, the number of a layer of Datasaur, or the types that are read of a text with marks.
    `sentence_id`: the field with the record's id, which is published where a record is a sentence. `split`: the field, or a
    path such as `meta.split`, that says the split of a record, by the values that `SPLITS` declares.
    `beside`: which file belongs to each text, for formats that say in it where spans are, azure-ner (custom NER of Azure AI
    Language), chemdner, comprehend (of AWS) and i2b2: a suffix, `.con`, or ends of paths, "txt/*.txt>concept/*.con".
    What is left out is as the tool has it.

    Raises UsageError for a value that makes no sense.
    """

    format: str = "json"
    tokens: str | None = None
    units: str | None = None
    sentences: str | None = None
    container: str | None = None
    inside: str | None = None
    text: str | None = None
    spans: str | None = None
    annotator: str | None = None
    layer: str | None = None
    begin: str | None = None
    end: str | None = None
    label: str | None = None
    said: str | None = None
    ends: str | None = None
    sentence_id: str | None = None
    split: str | None = None
    encoding: str = "utf-8"
    beside: str = ""
    scheme: ClassVar[str] = "IOB2"
    has_tags: ClassVar[bool] = True
    joiner: ClassVar[str] = "-"

    def __post_init__(self) -> None:
        object.__setattr__(self, "encoding", texts.normal_encoding(self.encoding))
        _known("format", self.format, FORMATS)
        self._check_beside()
        _known("units", self.rules.units, UNITS)
        _known("sentences", self.rules.sentences, SENTENCES)
        tokenise.check(self.rules.tokens)
        row = self._row
        if row.counted and self.rules.units != row.units:
            raise UsageError(f"{self.format} counts in {row.units}, not in {self.units}", "leave units= out")
        for name in ("container", "inside"):
            if getattr(self, name) is not None and not self._has_values:
                message = f"{self.format} is no JSON, and {name}={getattr(self, name)!r}"
                raise UsageError(message, f"leave {name}= out")
        if self.ends is not None:
            _known("ends", self.ends, ENDS)
        for name in sorted(PARTS - row.parts):
            if getattr(self, name) is not None:
                message = f"{name}={getattr(self, name)!r}, and {self.format} has its own way to spell a span"
                raise UsageError(message, f'leave {name}= out, or declare format="json"')
        if self.sentence_id is not None and (not self._has_values or row.several or self.rules.sentences != "record"):
            message = f"sentence_id={self.sentence_id!r}, and sentences are no records of JSON"
            raise UsageError(message, "leave sentence_id= out")
        self._check_container()

    def _check_beside(self) -> None:
        if self._row.join is None and self.beside:
            message = f"beside={self.beside!r}, and {self.format} has all that it says in one file"
            raise UsageError(message, "leave beside= out")
        if self._row.join is not None:
            object.__setattr__(self, "beside", checked_rule(self.beside or self._row.beside))

    def _check_container(self) -> None:
        if self.split is not None and not self._has_values:
            message = f"split={self.split!r}, and {self.format} has no fields that could say a split"
            raise UsageError(message, "leave split= out, and give each split files of its own")
        if self._has_values:
            _known("container", self._container, CONTAINERS)
            if self.inside is not None and self._container != "array":
                message = (
                    f"inside={self.inside!r} names the member that has an array, and values are {self._container!r}"
                )
                raise UsageError(message, 'write container="array", or leave inside= out')

    @property
    def has_ids(self) -> bool:
        """Return whether sentences have ids in the source."""
        return self.sentence_id is not None

    @property
    def has_text(self) -> bool:
        """Return whether records have a text, and not only tokens."""
        return self._row.has_text

    @property
    def _has_values(self) -> bool:
        """Return whether records are values of JSON, or of cells."""
        return self._row.read is not None or self._row.group is not None

    @property
    def _row(self) -> Format:
        return FORMATS[self.format]

    @property
    def _container(self) -> str:
        return self.container or self._row.container

    @property
    def rules(self) -> AssemblyRules:
        """Return how texts are cut and counted, what is left out filled in."""
        row = self._row
        return AssemblyRules(
            tokens=self.tokens or row.tokens,
            units=self.units or row.units,
            sentences=self.sentences or row.sentences,
        )

    @property
    def tokenisation(self) -> dict[str, str]:
        """Return how texts are cut, as the release names it."""
        return tokenise.described(self.rules.tokens) | {"sentences": self.rules.sentences}

    def parse(self, data: bytes, start: int = 0) -> Parsed:
        """
        Return the sentences of a piece that begins at byte `start` of its file.

        Raises SourceError for a file that is in no such format.
        """
        row = self._row
        if row.load is not None:
            shown, placed = row.load(data, self._reading)
            parsed = assemble(texts.decode(shown, "utf-8"), batch_of(placed), self.rules)
            return replace(parsed, account=LineAccount({"records": (0, len(data))}))
        if self._container in BINARY:
            parsed = replace(self, container="lines", encoding="utf-8").parse(json_lines(data, self._container))
            return replace(parsed, account=LineAccount({"records": (0, len(data))}))
        if row.join is not None:
            return self._joined(row.join, unpair(data))
        decoded = texts.decode(data, self.encoding, start=start)
        with _uncollected():
            batch = self._bulk(decoded) or batch_of(list(self._placed(decoded)))
            in_json = row.read is not None and self._container in IN_JSON
            parsed = assemble(
                decoded, batch, self.rules, ids=self.has_ids, splits=self.split is not None, in_json=in_json
            )
        if not self._has_values:
            return parsed
        of_span = (self.begin, self.end, self.label, self.said) if row.group else ()
        named = (self.text, self.spans, self.split, *of_span)
        used = {*row.fields, self.sentence_id, *named, *(name.partition(".")[0] for name in named if name)}
        inner = (name for name in (self.text, self.spans, self.split) if name)
        found = fields(decoded, batch, self._container, tuple(inner))
        columns = (name for name in found - used if not name.endswith(row.endings))
        beside = lists_beside(decoded.characters, self.inside) if self.inside is not None else []
        return replace(parsed, unread=(*sorted(columns), *(f"the list {path}" for path in beside)))

    def _joined(self, join: Join, pair: Pair) -> Parsed:
        """Return the sentences of a text with what stands beside it; what belongs to many texts is in no account of one."""
        decoded, notes = (texts.decode(data, self.encoding) for data in (pair.source, pair.beside))
        parsed = assemble(
            decoded, batch_of(list(join(decoded, notes.characters, pair.path, self._reading))), self.rules
        )
        if one_for_all(self.beside):
            return parsed
        return replace(parsed, account=total([parsed.account, filled_or_blank(notes, "annotations")]))

    def values_of(self, data: bytes) -> Iterator[Any]:
        """
        Yield the values of a piece, as they are before anything is read from them; nothing where records are no values.

        Raises SourceError for a file that is in no such format.
        """
        if not self._has_values:
            return
        binary = self._container in BINARY
        stored, encoding = (json_lines(data, self._container), "utf-8") if binary else (data, self.encoding)
        container = "lines" if binary else self._container
        for _, _, value in values(texts.decode(stored, encoding), container, self._inside):
            yield value

    def boundary(self, data: bytes, at: int) -> int | None:
        """Return where the first line begins at `at` or behind it, if values are on lines; else None."""
        if self._container != "lines" or self._row.group or not texts.ends_lines_in_one_byte(self.encoding):
            return None
        return data.find(b"\n", max(at - 1, 0)) + 1 or len(data)

    def _bulk(self, decoded: Text) -> Batch | None:
        """Return the records of a piece whose values are all alike; a test holds them to be those of `_placed`."""
        bulk = self._row.bulk
        if bulk is None or self._container != "lines" or self.rules.tokens == tokenise.FILE:
            return None
        found = lines_at_once(decoded)
        columns = bulk(found[2], self._reading) if found else None
        if found is None or columns is None:
            return None
        read, ids, spans, aside = columns
        return Batch(
            begin=found[0],
            stop=found[1],
            texts=read,
            ids=ids,
            documents=[""] * len(read),
            splits=[] if self.split is None else [split_of(value, self.split) for value in found[2]],
            spans=spans,
            aside=aside,
        )

    def _placed(self, decoded: Text) -> Iterator[Placed]:
        row, reading = self._row, self._reading
        if row.find is not None:
            return row.find(decoded.data, decoded.begin, reading)
        if row.group is not None:
            return row.group(values(decoded, self._container, self._inside), reading)
        assert row.read is not None
        return records(decoded, self._container, self._inside, row.read, reading)

    @property
    def _inside(self) -> str | None:
        return self.inside if self.container else self.inside or self._row.inside

    @property
    def _reading(self) -> RecordReading:
        return RecordReading(
            text=self.text,
            spans=self.spans,
            annotator=self.annotator,
            layer=self.layer,
            id=self.sentence_id,
            split=self.split,
            begin=self.begin,
            end=self.end,
            label=self.label,
            said=self.said,
            ends=self.ends,
            units=self.rules.units,
        )


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep Python from looking for cycles: there is none among the values of JSON, and to look takes a third of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _known(option: str, value: str, known: Any) -> None:  # noqa: ANN401 - anything with names in it
    if value not in known:
        raise UsageError(f"{option}={value!r} is unknown", f"use one of {', '.join(map(repr, known))}")
