"""
Measure `tagpress.align_labels` and `tagpress.Aligner` against the loop that the documentation of transformers gives, with the same tokenizers.

    python tests/bench/align.py [--rows 16000] [--corpus FOLDER]

The rows are those of wikiser-small, the tokenizers are trained on it: WordPiece as BERT has it, and byte-level
BPE as RoBERTa has it, 8,000 subwords each. Both sides take what `datasets.map(batched=True)` passes and must give the
same ids and labels. Times are CPU seconds on one core, the better of two rounds.
"""

import os

os.environ["TOKENIZERS_PARALLELISM"] = "false"  # read when tokenizers is first used: one core for both sides
os.environ["HF_DATASETS_DISABLE_PROGRESS_BARS"] = "1"

import argparse
import functools
import platform
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import measure
import pyarrow as pa
import pyarrow.parquet as pq
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast

import tagpress

ROOT = Path(__file__).parents[2]
CORPUS = ROOT.parent / "shared" / "corpora" / "wikiser-small"
Batch = dict[str, list[Any]]


def rows_of(corpus: Path) -> pa.Table:
    """Build the corpus and return its rows."""
    from tagpress.build.declaration import SourceGlobs

    declaration = tagpress.load_script(ROOT / "dataset_script" / "software_entities.py").declaration()
    with tempfile.TemporaryDirectory() as folder:
        sources = SourceGlobs((str(corpus / "*.txt"),), ROOT)
        tagpress.build_corpus(declaration.with_sources((sources,)), Path(folder) / "build")
        return pq.read_table(Path(folder) / "build" / "data", columns=["tokens", "ner_tags"])


def word_piece(tokens: Iterable[str]) -> Tokenizer:
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer, tokenizer.pre_tokenizer = normalizers.BertNormalizer(), pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    tokenizer.train_from_iterator(
        tokens, trainers.WordPieceTrainer(vocab_size=8000, special_tokens=special, show_progress=False)
    )
    return framed(tokenizer, "[CLS]", "[SEP]")


def byte_level(tokens: Iterable[str]) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    special, alphabet = ["<s>", "</s>"], pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(
        tokens,
        trainers.BpeTrainer(vocab_size=8000, special_tokens=special, initial_alphabet=alphabet, show_progress=False),
    )
    return framed(tokenizer, "<s>", "</s>")


def framed(tokenizer: Tokenizer, first: str, last: str) -> Tokenizer:
    special = [(token, tokenizer.token_to_id(token)) for token in (first, last)]
    tokenizer.post_processor = processors.TemplateProcessing(single=f"{first} $A {last}", special_tokens=special)
    return tokenizer


def documented(examples: Batch, tokenizer: PreTrainedTokenizerFast) -> Any:
    """Do what `tokenize_and_align_labels` does in the documentation of transformers (tasks/token_classification)."""
    tokenized = tokenizer(examples["tokens"], truncation=True, is_split_into_words=True)
    labels = []
    for i, label in enumerate(examples["ner_tags"]):
        previous_word, label_ids = None, []
        for word in tokenized.word_ids(batch_index=i):
            label_ids.append(-100 if word is None or word == previous_word else label[word])
            previous_word = word
        labels.append(label_ids)
    tokenized["labels"] = labels
    return tokenized


def speed(rows: int, begin: Callable[[], Callable[[Batch], Any]], work: Callable[..., None]) -> float:
    """Return the rows per second of the better of two rounds."""
    seconds = []
    for _ in range(2):
        start = time.process_time()
        work(begin())
        seconds.append(time.process_time() - start)
    return rows / min(seconds)


def batches(table: pa.Table, size: int) -> list[Batch]:
    return [table.slice(start, size).to_pydict() for start in range(0, table.num_rows, size)]


def require_equal(passed: list[Batch], tokenizer: PreTrainedTokenizerFast) -> None:
    aligner = tagpress.Aligner(tokenizer)
    for batch in passed:
        theirs = documented(batch, tokenizer)
        for ours in (tagpress.align_labels(batch, tokenizer), aligner(batch)):
            for name in ("input_ids", "labels"):
                if [row.tolist() for row in ours[name]] != theirs[name]:
                    raise SystemExit(f"{name} differ")


Side = Callable[[PreTrainedTokenizerFast], Callable[[], Callable[[Batch], Any]]]
SIDES: dict[str, Side] = {  # from a tokenizer to what a round begins with
    "documented loop": lambda tokenizer: lambda: lambda batch: documented(batch, tokenizer),
    "align_labels": lambda tokenizer: lambda: lambda batch: tagpress.align_labels(batch, tokenizer),
    "Aligner": lambda tokenizer: lambda: tagpress.Aligner(tokenizer),
    "Aligner, next epoch": lambda tokenizer: functools.cache(lambda: tagpress.Aligner(tokenizer)),
}


def one_by_one(passed: list[Batch], function: Callable[[Batch], Any]) -> None:
    for batch in passed:
        function(batch)


def mapped(table: pa.Table, folder: str, function: Callable[[Batch], Any]) -> None:
    """Run `datasets.map` over the whole table, its file included."""
    import datasets

    options = {"batched": True, "remove_columns": ["tokens", "ner_tags"], "load_from_cache_file": False}
    datasets.Dataset(table).map(function, cache_file_name=f"{folder}/mapped.arrow", new_fingerprint="x", **options)


def lines(table: pa.Table, tokenizer: PreTrainedTokenizerFast, folder: str) -> Iterator[tuple[str, list[float]]]:
    """Yield what was run, and the rows per second of each side."""
    for size in (32, 1000, table.num_rows):
        passed = batches(table, size)
        yield (
            f"batches of {size:,} rows",
            [speed(table.num_rows, side(tokenizer), functools.partial(one_by_one, passed)) for side in SIDES.values()],
        )
    name = "`datasets.map`, 1,000 rows a batch"
    yield (
        name,
        [speed(table.num_rows, side(tokenizer), functools.partial(mapped, table, folder)) for side in SIDES.values()],
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--rows", type=int, default=16_000)
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    options = parser.parse_args()
    print(f"{measure.cores()} cores, one used; {platform.machine()}, Python {platform.python_version()}")
    print(
        ", ".join(f"{name} {version(name)}" for name in ("tokenizers", "transformers", "datasets", "pyarrow", "numpy"))
    )
    table = rows_of(options.corpus)
    tokens = table["tokens"].combine_chunks().values.to_pylist()
    table = pa.table({name: pa.concat_arrays(table[name].chunks) for name in table.column_names})
    table = table.slice(0, options.rows)
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for name, make in (("WordPiece", word_piece), ("byte-level BPE", byte_level)):
            tokenizer = PreTrainedTokenizerFast(tokenizer_object=make(tokens), model_max_length=100_000)
            require_equal(batches(table, 1000), tokenizer)
            for run, speeds in lines(table, tokenizer, folder):
                ratios = [f"{each / speeds[0]:.1f}" for each in speeds[1:]]
                found.append((f"{name}, {run}", *(f"{each:,.0f}" for each in speeds), *ratios))
                print(*found[-1], flush=True)
    print(measure.table(("rows/s", *SIDES, *(f"{name}, ratio" for name in list(SIDES)[1:])), found))


if __name__ == "__main__":
    main()
