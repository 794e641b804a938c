"""The parsers that meet foreign bytes, one row each."""

import base64
import gzip
import io
import json
import lzma
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq

from fuzz import oracles
from fuzz.hub import committed, handled, packed_chunks, pages_of, shard_of_files, shard_of_rows, some_shard, some_xorb
from fuzz.law import Entry, Parser
from fuzz.reading import read_by
from fuzz.tools import MORE_PARSERS
from read.spans.made import bioc, corpus, xmi
from read.spans.test_formats import EXPORTS
from release.builds import write_build
from tagpress.card.template import parse_template
from tagpress.corpus.careful_yaml import load_yaml
from tagpress.corpus.forgotten import read_forgotten
from tagpress.corpus.manifest import Manifest
from tagpress.corpus.withdrawals import Withdrawals
from tagpress.errors import CardError, ManifestError, SourceError, TagpressError, VerifyError
from tagpress.localhub import info, lfs, listing, preupload
from tagpress.localhub.card import front_matter, tags_of
from tagpress.localhub.refusals import RefusedError
from tagpress.read.columns import Columns, sniff_sources
from tagpress.read.conllu import ConllU, ConllUPlus
from tagpress.read.csvlists import CsvLists
from tagpress.read.hubarrow import HubArrow
from tagpress.read.hubparquet import HubParquet
from tagpress.read.jsonarray import JsonArray
from tagpress.read.jsonl import JsonLines
from tagpress.read.pair import pair
from tagpress.read.parallel import ParallelLines
from tagpress.read.sources import archives
from tagpress.read.sources.finding import find
from tagpress.read.spans.dialect import Spans
from tagpress.read.standoff import Standoff
from tagpress.release.card_data import CardData

SPANS = {
    "doccano": ("doccano-entities.jsonl", "doccano-label.jsonl"),
    "prodigy": ("prodigy.jsonl",),
    "label-studio": ("label-studio.json",),
    "label-studio-min": ("label-studio-min.json",),
    "spacy-train-data": ("spacy-train-data.json",),
    "gliner": ("gliner.json",),
    "pubtator": ("pubtator.txt",),
    "webanno": ("webanno-tsv3.tsv",),
}
# A record or two of each format that has no export beside the tests.
SMALL = {
    "argilla": b'[{"id": 1, "fields": {"text": "Ada saw"}, "suggestions": {}, "responses": {"q": [{"value": '
    b'[{"start": 0, "end": 3, "label": "PER"}], "user_id": "u", "status": "submitted"}]}}, {"text": "Bo", "q.responses": '
    b'[[{"start": 0, "end": 2, "label": "PER"}]], "q.responses.users": ["u"], "q.responses.status": ["draft"]}]',
    "spacy-json": b'[{"id": 0, "paragraphs": [{"raw": "x", "sentences": [{"tokens": [{"orth": "Ada", "ner": "B-PER"}, '
    b'{"orth": "K", "ner": "L-PER"}, {"orth": "saw", "ner": "O"}, {"orth": "Bo", "ner": "U-PER"}]}]}]}]',
    "bigbio": b'{"id": "1", "document_id": "d", "passages": [{"text": ["Ada"], "offsets": [[0, 3]]}, {"text": ["Bo."], '
    b'"offsets": [[4, 7]]}], "entities": [{"type": "PER", "text": ["Ada"], "offsets": [[0, 3]]}], "events": [{}]}\n',
    "by-type": b'{"text": "Ada saw", "entities": {"PER": [{"indices": [0, 3]}, [4, 7]], "X": []}}\n{"text": "", "entities": {}}\n',
    "w2ner": b'[{"sentence": ["Ada", "saw"], "ner": [{"index": [0], "type": "PER"}, {"index": [0, 9], "type": "X"}], "word": []}]',
    "labelbox": b'{"data_row": {"id": "c", "row_data": "Ada saw"}, "projects": {"p": {"labels": [{"annotations": {"objects": [{"name": '
    b'"PER", "annotation_kind": "TextEntity", "location": {"start": 0, "end": 2, "token": "Ada"}}]}}]}}}\n',
    "datasaur": b'{"cells": [{"line": 0, "index": 0, "content": "Ada saw", "tokens": ["Ada", "saw"]}], "labelSets": [{"index": 0, '
    b'"labelItems": [{"id": "1", "labelName": "PER"}]}], "labels": [{"type": "SPAN", "layer": 0, "labelSetItemId": "1", '
    b'"startCellLine": 0, "endCellLine": 0, "startTokenIndex": 0, "endTokenIndex": 0, "startCharIndex": 0, "endCharIndex": 2}]}',
    "cas-json": b'{"%TYPES": {}, "%FEATURE_STRUCTURES": [{"%ID": 1, "%TYPE": "uima.cas.Sofa", "sofaString": "Ada saw"}, {"%ID": 2, '
    b'"%TYPE": "a.b.NamedEntity", "@sofa": 1, "begin": 0, "end": 3, "value": "PER"}], "%VIEWS": {"v": {"%SOFA": 1, "%MEMBERS": [2]}}}',
    "gate": b'<GateDocument><TextWithNodes><Node id="0"/>Ada<Node id="3"/> saw</TextWithNodes><AnnotationSet>'
    b'<Annotation Id="1" Type="PER" StartNode="0" EndNode="3"/></AnnotationSet></GateDocument>',
    "inline-xml": b'<DOC>\n<ENAMEX TYPE="PER">Ada</ENAMEX> &amp; <ENAMEX TYPE="LOC">Bo</ENAMEX> saw\n<PER>x</LOC>\n',
    "opennlp": b"<START:PER> Ada <END> saw <START> Bo <END>\n",
    "inline-colon": b"[person : Ada] saw [place : Bo ]\n",
    "yedda": b"[@Ada#PER*] saw [$Bo [@x#LOC*]\n",
    "inline-brackets": b"[Ada](PER) saw [Bo](LOC)\n",
    "inline-types": b"[PER Ada] saw [LOC Bo ]\n",
    "tei": b'<TEI><teiHeader>x</teiHeader><text><p>\n<persName>Ada</persName> <lb break="no"/>saw <choice><sic>bo</sic><corr><name type='
    b'"LOC">Bo</name></corr></choice></p><p>x<l>y <date>z</date></l></p></text></TEI>',
    "timeml": b'<TimeML><DOCID>d</DOCID><TEXT>\nAda <EVENT class="O">saw</EVENT>\n\n<TIMEX3 tid="t">1 May</TIMEX3>.</TEXT></TimeML>',
    "genia": b'<set><article><title><sentence>The <cons sem="G#p">p53 <cons>x</cons></cons> y.</sentence></title></article></set>',
    "xml-places": b'<sentences><sentence id="1"><text>Ada saw</text><aspectTerms><aspectTerm term="Ada" polarity="x" from="0" to="3"/>'
    b'</aspectTerms></sentence><sentence text="Ada saw"><entity charOffset="0-2" type="P" text="Ada"/></sentence></sentences>',
    "folia": b'<FoLiA><text><s><w id="1"><t>Ada</t></w><w id="2"><t>saw</t></w><entities><entity class="P"><wref id="1"/></entity>'
    b"</entities></s></text></FoLiA>",
    "tcf": b'<D-Spin><TextCorpus><tokens><token ID="a">Ada</token><token ID="b">saw</token></tokens><sentences><sentence tokenIDs="a b"/>'
    b'</sentences><namedEntities><entity class="P" tokenIDs="a"/></namedEntities></TextCorpus></D-Spin>',
    "naf": b'<NAF><text><wf id="w1" sent="1">Ada</wf><wf id="w2" sent="2">saw</wf></text><terms><term id="t1"><span><target id="w1"/></span>'
    b'</term></terms><entities><entity type="P"><references><span><target id="t1"/></span></references></entity></entities></NAF>',
    "ccl": b'<chunkList><chunk><sentence><tok><orth>Ada</orth><ann chan="P">1</ann></tok><tok><orth>saw</orth><ann chan="P">0</ann></tok>'
    b"</sentence></chunk></chunkList>",
    "mae": b'<T><TEXT><![CDATA[Ada saw Bo]]></TEXT><TAGS><PER id="P0" start="0" end="3" text="Ada"/><PER id="P1" spans="8~10" '
    b'text="Bo"/><REL id="R" fromID="P0" toID="P1"/></TAGS></T>',
    "kili": b'[{"id": "c", "content": "Ada saw", "labels": [{"labelType": "DEFAULT", "author": {"email": "a"}, "jsonResponse": {"J": '
    b'{"annotations": [{"beginOffset": 0, "content": "Ada", "categories": [{"name": "PER"}]}]}}}]}]',
    "luis": b'[{"text": "Ada saw", "entities": [{"entity": "P", "startPos": 0, "endPos": 2, "children": [{"entity": "Q", "startPos": 0}]}]}]',
    "google": b'{"sentences": [{"text": {"content": "Ada saw", "beginOffset": 0}}], "entities": [{"type": "P", "mentions": [{"text": '
    b'{"content": "Ada", "begin_offset": 0}}]}]}',
    "dialogflow": b'[{"id": "1", "isTemplate": false, "data": [{"text": "Ada", "meta": "@x", "alias": "y"}, {"text": " saw"}]}]',
    "snips": b'{"intents": {"a": {"utterances": [{"data": [{"text": "Ada", "entity": "x", "slot_name": "y"}]}]}}, "entities": {"x": {}}}',
    "docred": b'[{"title": "d", "sents": [["Ada", "saw"], ["Bo"]], "vertexSet": [[{"pos": [0, 1], "sent_id": 0, "type": "PER"}]], '
    b'"labels": [{}]}]',
    "mrc": b'[{"context": "Ada saw", "entity_label": "PER", "qas_id": "0.1", "start_position": [0], "end_position": [0], '
    b'"span_position": ["0;0"]}, {"context": "Ada saw", "entity_label": "X", "qas_id": "0.2", "start_position": [], "end_position": []}]',
    "cluener": b'{"text": "Ada saw", "label": {"PER": {"Ada": [[0, 2]]}}}\n{"text": "", "label": {}}\n',
    "dygie": b'{"doc_key": "d", "sentences": [["Ada", "saw"], ["Bo"]], "ner": [[[0, 0, "PER"]], [[2, 2, "PER"]]]}\n',
    "token-spans": b'{"tokens": ["Ada", "saw"], "entities": [{"type": "PER", "start": 0, "end": 1}], "relations": [1]}\n',
    "rows": b'id,text,start,end,label\n1,"Ada, Bo",0,3,PER\n1,"Ada, Bo",5,7.0,PER\n2,no,,,\n',
    "rasa-text": b'nlu:\n- intent: a\n  examples: |\n    - [Ada](per) saw [Bo]{"entity": "per"}\n- synonym: x\n  - y\n',
    "dataturks": b'{"content": "Ada saw", "annotation": [{"label": ["PER"], "points": [{"start": 0, "end": 2, "text": "Ada"}]}]}\n',
    "lighttag": b'{"examples": [{"content": "Ada saw", "annotations": [{"start": 0, "end": 3, "tag": "PER", "value": "Ada"}]}]}',
    "ubiai": b'[{"document": "Ada saw", "tokens": [{"text": "Ada", "start": 0, "end": 3, "entityLabel": "PER"}]}]',
    "rasa": b'{"rasa_nlu_data": {"common_examples": [{"text": "Ada saw", "entities": [{"start": 0, "end": 3, "entity": "x"}]}]}}',
    "vertex": b'{"textContent": "Ada", "textSegmentAnnotations": [{"startOffset": "0", "endOffset": 3, "displayName": "PER"}]}\n',
    "automl": b'{"annotations": [{"text_extraction": {"text_segment": {"end_offset": 3, "start_offset": 0}}, "display_name": '
    b'"PER"}], "text_snippet": {"content": "Ada saw"}}\n',
}
SPAN_ORACLES = {"doccano": (oracles.a_record_a_line, oracles.spans), "prodigy": (oracles.a_record_a_line,)}
ARRAYS = ("label-studio", "label-studio-min", "spacy-train-data", "gliner")
TREE = b"# newdoc id = d\n# sent_id = s\n1-2\tdel\t_\t_\t_\t_\t_\t_\t_\t_\n1\tde\t_\t_\t_\t_\t_\t_\t_\tname=B-X|y=z\n\n"
LINES = b'{"tokens": ["a", "\\u00e9"], "ner_tags": ["O", "B-X"], "id": "7", "doc": "d"}\n'
WITHDRAWN = b"""{"format_version": 1, "withdrawn": [
  {"version": "1.0.0", "why": "labels of \xc3\xa9", "final": true}, {"version": "1.0.10", "why": "\\u00e9 [x]"}]}"""
CSV = b"id,tokens,ner_tags\n1,\"['a', 'b']\",\"['O', 'B-X']\"\n2,['c'],\"[\"\"O\"\"]\"\n"
YAML = (
    b"a: &x [1, 2.5, ~, yes, 2020-01-02]\nb: *x\ns: !!set {k, l}\nz: {<<: {m: 0x1F}}\nn: !!binary aGk=\nt: |-\n  text\n"
)
BATCH = {"operation": "upload", "transfers": ["basic"], "objects": [{"oid": "a" * 64, "size": 7}]}
COMMIT = (
    {"key": "header", "value": {"summary": "s", "description": "d", "parentCommit": "a" * 40}},
    {"key": "file", "value": {"path": "a/b.txt", "content": "aGk=", "encoding": "base64"}},
    {"key": "lfsFile", "value": {"path": "c.bin", "algo": "sha256", "oid": "b" * 64, "size": 9}},
    {"key": "deletedFile", "value": {"path": "d"}},
    {"key": "deletedFolder", "value": {"path": "a/"}},
)


def _seeds(*some: bytes) -> Callable[[], list[bytes]]:
    return lambda: [*some]


def _exports(names: tuple[str, ...]) -> list[bytes]:
    return [(EXPORTS / name).read_bytes()[:3000] for name in names]


def _dialect(entry: Entry, *seeds: bytes) -> Parser:
    return Parser(entry, (SourceError,), _seeds(*seeds))


@cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="tagpress-fuzz-"))


@cache
def _build() -> Path:
    return write_build(_folder() / "build")


def _file(name: str) -> bytes:
    return (_build() / name).read_bytes()


def _table(tags: pa.DataType, **metadata: object) -> pa.Table:
    schema = pa.schema([("tokens", pa.list_(pa.string())), ("ner_tags", pa.list_(tags)), ("id", pa.string())])
    rows = [[["a", "b"], ["c"], []], [[0, 1], [0], []] if pa.types.is_integer(tags) else [["O", "B-X"], ["O"], []]]
    return pa.table([*rows, ["1", "2", "3"]], schema.with_metadata({"huggingface": json.dumps(metadata)}))


def _as_parquet() -> list[bytes]:
    names = {"features": {"ner_tags": {"feature": {"names": ["O", "B-X"]}}}}
    found = []
    for table, options in ((_table(pa.string()), {}), (_table(pa.int64(), info=names), {"compression": "none"})):
        pq.write_table(table, sink := io.BytesIO(), **options)
        found.append(sink.getvalue())
    return found


def _as_arrow() -> list[bytes]:
    found = []
    for make in (pa.ipc.new_stream, pa.ipc.new_file):
        with make(sink := io.BytesIO(), _table(pa.string()).schema) as writer:
            writer.write_table(_table(pa.string()))
        found.append(sink.getvalue())
    return found


def _bioc_json() -> bytes:
    mark = {"id": "T1", "infons": {"type": "X"}, "text": "Ada", "locations": [{"offset": 0, "length": 3}]}
    passage = {"offset": 0, "text": "Ada saw", "annotations": [mark], "relations": [{}], "sentences": []}
    return json.dumps({"documents": [{"id": "7", "passages": [passage], "annotations": [mark]}]}).encode()


def _manifest(data: bytes) -> None:
    manifest = Manifest.from_bytes(data)
    assert Manifest.from_bytes(manifest.to_bytes()) == manifest


def _withdrawals(data: bytes) -> None:
    withdrawals = Withdrawals.from_bytes(data)
    assert Withdrawals.from_bytes(withdrawals.to_bytes()) == withdrawals


def _forgotten(data: bytes) -> None:
    forgotten, faults = read_forgotten(data)
    assert read_forgotten(forgotten.to_bytes()) == (forgotten, [])
    if faults:
        raise ValueError(faults[0][1])


def _yaml(data: bytes) -> None:
    load_yaml(data.decode(errors="replace"))


def _card_of_hub(data: bytes) -> None:
    found = front_matter(f"---\n{data.decode(errors='replace')}\n---\n")
    json.dumps([found, tags_of(found or {})]).encode()


def _card(data: bytes) -> None:
    text = data.decode(errors="replace")
    CardData.of(text.encode())
    parse_template(text, "card.md")


def _archive(data: bytes) -> None:
    for member in (*archives.members(data, "a.zip"), "") if data.startswith(b"PK") else ("",):
        archives.unpack(data, "a", member)


def _tar(data: bytes) -> None:
    for member in archives.members(data, "a.tar"):
        archives.unpack(data, "a.tar", member)


def _tars() -> list[bytes]:
    with tarfile.open(fileobj=(sink := io.BytesIO()), mode="w") as file:
        for name in ("a/a.txt", "b.txt"):
            info = tarfile.TarInfo(name)
            info.size = 4
            file.addfile(info, io.BytesIO(b"a\tO\n"))
    return [sink.getvalue(), gzip.compress(sink.getvalue())]


def _archives() -> list[bytes]:
    with zipfile.ZipFile(sink := io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a.txt", "a\tO\n")
        file.writestr("b.txt", "b\tO\n")
    plain = b"a\tO\nb\tB-X\n" * 5
    return [sink.getvalue(), gzip.compress(plain), lzma.compress(plain), pa.compress(plain, "zstd", asbytes=True)]


def _annotated(data: bytes) -> None:
    """Read a text and what is behind its last zero as annotations."""
    text, _, notes = data.rpartition(b"\0")
    _STANDOFF(pair(text, notes))


def _standoff(data: bytes, parsed: object) -> None:
    oracles.annotations(data, parsed)  # type: ignore[arg-type]


def _new(data: bytes) -> None:
    """Guess what a file is, which is called as its first byte says."""
    suffixes = (".txt", ".tsv", ".csv", ".json", ".jsonl", ".conllu", ".parquet", ".arrow", ".gz")
    path = _folder() / f"corpus{suffixes[data[0] % len(suffixes)] if data else '.txt'}"
    path.write_bytes(data[1:])
    found = sniff_sources(find([str(path)], path.parent))
    said = f"{found.spelled()}\n{found.entity_types}\n{[*map(str, found.reasons), *found.doubts]}"
    assert len(said.encode()) < 100_000, said[:1000]


def _anything() -> list[bytes]:
    texts = [
        b"a\tO\nb\tB-X\n\n" * 9,
        TREE * 3,
        LINES * 3,
        b"[" + LINES.strip() + b"]",
        CSV,
        b'Sentence #,Word,Tag\nSentence: 1,a,O\n,b,B-X\nSentence: 2,"c, d",O\n,e,O\n' * 2,
        b"<s>\na\tO\nb\tB-X\n</s>\n" * 4,
        b"-DOCSTART- -X- -X- O\n\na NN B-NP B-LOC\nb NN B-NP O\n\n" * 2,
        "é\tO\nb\tB-X\n\n".encode("utf-16"),
        "é\tO\nb\tB-X\n\n".encode("latin-1") * 3,
        b"# global.columns = ID FORM NER\n1\ta\tB-X\n\n",
        *((EXPORTS / name).read_bytes() for names in SPANS.values() for name in names),
    ]
    packed = [*_archives()[1:2]]
    return [
        *(b"\0" + text for text in texts),
        *(b"\x06" + data for data in _as_parquet()),
        *(b"\x07" + data for data in _as_arrow()),
        *(b"\x08" + data for data in packed),
    ]


def _with_beside(entry: Entry) -> Entry:
    """Return what reads a text and what is behind its last zero as the file beside it."""

    def read(data: bytes) -> None:
        text, _, notes = data.rpartition(b"\0")
        entry(pair(text, notes, "in/a.txt"))

    return read


TABLES = {
    "row-marks": {"text": "file", "begin": "begin", "end": "end", "label": "label", "said": "said"},
    "drugprot": {"text": "0", "begin": "3", "end": "4", "label": "2", "said": "5"},
}
BESIDE = {
    "i2b2": b'Ada saw Bo\n\nno\n\0c="ada" 1:0 1:0||t="PER"\nc="x" 9:0 9:1||t="X"\n',
    "chemdner": b"7\tAda saw\tBo ran\n\0007\tT\t0\t3\tAda\tPER\n7\tA\t0\t2\tBo\tPER\n",
    "row-marks": b"Ada saw\nBo\n\0file\tlabel\tbegin\tend\tsaid\na.txt\tPER\t0\t3\tAda\na\tPER\t8\t10\tBo\n",
    "drugprot": b"7\tAda saw\tBo ran\n\0007\tT1\tPER\t0\t3\tAda\n7\tT2\tPER\t8\t10\tBo\n",
    "comprehend": b"Ada saw\nBo\n\0File,Line,Begin Offset,End Offset,Type\na.txt,0,0,3,PER\na.txt,1,0,2,PER\n",
    "azure-ner": b'Ada saw\n\0{"assets": {"documents": [{"location": "a.txt", "entities": [{"regionOffset": 0, "labels": '
    b'[{"category": "PER", "offset": 0, "length": 3}]}]}]}}',
}

_STANDOFF = read_by(Standoff(), _standoff)
_LISTS = JsonLines(sentence_id="id", document="doc")
_CELLS = {"sentence_id": "id"}

PARSERS: dict[str, Parser] = {
    "manifest": Parser(_manifest, (ManifestError,), lambda: [_file("release.json")]),
    "withdrawals": Parser(_withdrawals, (VerifyError,), _seeds(WITHDRAWN)),
    "forgotten": Parser(
        _forgotten,
        (ValueError,),
        _seeds(b'{"id": "%s-2", "why": "\xc3\xa9"}\n\n{"why": "b", "id": "%s"}' % (b"0f" * 16, b"a1" * 16)),
    ),
    "yaml": Parser(_yaml, (ValueError,), _seeds(YAML, b"- - [{}, 'a']\n- 1:2:3\n- 1e5\n- .inf\n")),
    "card": Parser(_card, (CardError,), lambda: [_file("README.md"), b"---\n" + YAML + b"---\nText.\n"]),
    "hub-card": Parser(_card_of_hub, (ValueError,), _seeds(YAML, b"license: mit\ntags: [a, 1]\nlanguage: en\n")),
    "hub-yaml": Parser(
        handled(info.validate_yaml), (RefusedError,), _seeds(json.dumps({"content": "---\na: 1\n---\n"}).encode())
    ),
    "hub-lfs": Parser(
        handled(lfs.batch),
        (RefusedError,),
        lambda: [json.dumps(BATCH | {"operation": name}).encode() for name in ("upload", "download")],
    ),
    "hub-commit": Parser(committed, (RefusedError,), _seeds(b"\n".join(json.dumps(one).encode() for one in COMMIT))),
    "hub-preupload": Parser(
        handled(preupload.preupload),
        (RefusedError,),
        _seeds(
            json.dumps(
                {
                    "files": [{"path": "a.bin", "size": 9, "sample": base64.b64encode(b"\0\1").decode()}],
                    "gitIgnore": "*.x\n!a",
                }
            ).encode()
        ),
    ),
    "hub-paths": Parser(handled(listing.paths_info), (RefusedError,), _seeds(b"paths=a&paths=b%2Fc&expand=1")),
    "xet-shard": Parser(shard_of_files, (ValueError,), lambda: [some_shard()]),
    "xet-xorb": Parser(packed_chunks, (ValueError,), lambda: [some_xorb()]),
    "parquet-pages": Parser(pages_of, (ValueError,), _as_parquet),
    "parquet-shard": Parser(
        shard_of_rows(_build, _folder),
        (VerifyError,),
        lambda: [_file(Manifest.load(_build()).data_files()[0].path)],
    ),
    "parquet": _dialect(read_by(HubParquet(sentence_id="id", split="id"), oracles.rows_of_parquet)),
    "arrow": _dialect(read_by(HubArrow(sentence_id="id"))),
    "archives": Parser(_archive, (SourceError,), _archives),
    "tars": Parser(_tar, (SourceError,), _tars),
    "columns": _dialect(read_by(Columns(), oracles.by_blank_lines), b"a\tO\nb\tB-X\n\nc\tI-X\r\n\xc3\xa9\tO\n"),
    "columns-markers": _dialect(
        read_by(Columns(sentence_start="<s>", sentence_end="</s>"), oracles.by_markers), b"<s>\na\tO\n</s>\n<s>\nb\tO\n"
    ),
    "columns-comments": _dialect(
        read_by(
            Columns(
                document_name="# doc = ",
                sentence_id="# id = ",
                comment="#",
                document="-DOCSTART-",
                delimiter=None,
                width=(2, 4),
                tag=-1,
            )
        ),
        b"# doc = d\n# id = 1\na x O\n#b O\n\n-DOCSTART- O\n\nc B-X\n",
    ),
    "columns-quoted": _dialect(
        read_by(Columns(delimiter=",", quote='"', header=True)), b'token,tag\n"a, b",O\n"""",B-X\n'
    ),
    "columns-by-column": _dialect(
        read_by(Columns(delimiter=",", quote='"', token=1, tag=2, sentence=0, split=3, header=True)),
        b's,token,tag,in\ns1,a,O,dev\n,"b",B-X,"dev"\n\ns2,c,O,\n,d,O,test\n',
    ),
    "columns-utf-16": _dialect(read_by(Columns(encoding="utf-16")), "a\tO\nb\tB-X\n\n😀\tO\n".encode("utf-16")),
    "columns-shift-jis": _dialect(read_by(Columns(encoding="shift_jis")), "日本\tB-X\n\n語\tO\n".encode("shift_jis")),
    "conllu": _dialect(read_by(ConllU(), oracles.treebank), TREE * 2),
    "conllu-plus": _dialect(
        read_by(ConllUPlus(tag="NER")), b"# global.columns = ID FORM NER\n1-2\tab\t_\n1\ta\tB-X\n\n"
    ),
    "json-lines": _dialect(read_by(_LISTS, oracles.a_record_a_line, oracles.lists), LINES * 2),
    "json-array": _dialect(
        read_by(JsonArray(sentence_id="id", document="doc", split="doc"), oracles.array),
        b"[" + LINES + b"," + LINES + b"]",
    ),
    "json-member": _dialect(
        read_by(JsonArray(inside="data")), b'{"v": 1, "data": [' + LINES + b"," + LINES + b'], "w": []}'
    ),
    "json-columns": _dialect(
        read_by(JsonArray(columns=True, sentence_id="id")),
        b'{"tokens": {"0": ["a"], "7": ["b", "c"]}, "ner_tags": [["O"], ["O", "B-X"]], "id": {"0": 1}}',
    ),
    "spans-columns": _dialect(
        read_by(Spans(format="json", container="columns")), b'{"text": ["Ada saw"], "label": {"0": [[0, 3, "PER"]]}}'
    ),
    "spans-csv": _dialect(
        read_by(Spans(container="csv", spans="m", split="m.0")),
        b'text,m\nAda saw,"[(0, 3, \'PER\')]"\n"a\nb","[{""start"": 0}]"\n',
    ),
    "spans-parquet": Parser(read_by(Spans(container="parquet", text="id")), (SourceError,), _as_parquet),
    "spans-python": _dialect(
        read_by(Spans(format="spacy-train-data", container="python")),
        b"X: list = [\n  ('Ada', {'entities': [(0, 3, 'PER')]}),\n  -1, f(),\n]\n",
    ),
    "spans-bioc": Parser(
        read_by(Spans(format="bioc")),
        (SourceError,),
        lambda: [bioc(corpus(1, 4)).encode(), bioc(corpus(2, 2)).encode()],
    ),
    "spans-bioc-json": _dialect(read_by(Spans(format="bioc-json")), _bioc_json()),
    "spans-xmi": Parser(read_by(Spans(format="xmi")), (SourceError,), lambda: [xmi(corpus(1, 4)).encode()]),
    **{f"spans-{name}": _dialect(read_by(Spans(format=name)), seed) for name, seed in SMALL.items()},
    **{
        f"spans-{name}": _dialect(_with_beside(read_by(Spans(format=name, **TABLES.get(name, {})))), seed)
        for name, seed in BESIDE.items()
    },
    "parallel-lines": _dialect(_with_beside(read_by(ParallelLines(beside=".out"))), b"Ada saw\nBo\n\0B-PER O\nB-PER\n"),
    "parallel-tokens": _dialect(
        _with_beside(read_by(ParallelLines(beside=".out", ends="blank"))), b"Ada\nsaw\n\nBo\n\0B-PER\nO\n\nB-PER\n"
    ),
    "csv-lists": _dialect(read_by(CsvLists(sentence_id="id"), oracles.rows_of_csv), CSV),
    "csv-words": _dialect(
        read_by(CsvLists(words=("tokens", "ner_tags")), oracles.rows_of_csv), b"tokens,ner_tags\na b,O B-X\n"
    ),
    "brat": Parser(
        _annotated,
        (SourceError,),
        _seeds(b"Ada saw \xc3\xa9 Bo.\nShe.\n\0T1\tPER 0 3\tAda\nR1\tx\nT2\tPER 10 12\tBo\n"),
    ),
    **{
        f"spans-{name}": Parser(
            read_by(
                Spans(format=name, sentence_id=None if name in {"pubtator", "webanno"} else "id"),
                *SPAN_ORACLES.get(name, ((oracles.array,) if name in ARRAYS else ())),
            ),
            (SourceError,),
            partial(_exports, files),
        )
        for name, files in SPANS.items()
    },
    "new": Parser(_new, (TagpressError,), _anything),
}
PARSERS["parquet"] = Parser(PARSERS["parquet"].entry, (SourceError,), _as_parquet)
PARSERS["arrow"] = Parser(PARSERS["arrow"].entry, (SourceError,), _as_arrow)
PARSERS |= MORE_PARSERS
