"""Small tokenizers, trained from scratch on the sample corpus."""

import functools
import re
from pathlib import Path

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

SAMPLE = Path(__file__).parents[3] / "dataset_script" / "data" / "similarity_learning.txt"


def corpus_tokens() -> list[str]:
    return re.findall(r"^([^\t\n]+)\t", SAMPLE.read_text(), re.MULTILINE)


@functools.cache
def word_piece() -> Tokenizer:
    """Lower-cases, strips accents and control characters: some tokens have no subword. [CLS] and [SEP] around."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    trainer = trainers.WordPieceTrainer(vocab_size=300, special_tokens=special, show_progress=False)
    tokenizer.train_from_iterator(corpus_tokens(), trainer)
    frame = [(token, tokenizer.token_to_id(token)) for token in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=frame)
    tokenizer.enable_padding(pad_id=0, pad_token="[PAD]")
    return tokenizer


@functools.cache
def byte_level() -> Tokenizer:
    """Byte-level BPE: every byte of a token is in its subwords. Nothing around a sentence."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    options = {"special_tokens": ["<pad>"], "initial_alphabet": pre_tokenizers.ByteLevel.alphabet()}
    tokenizer.train_from_iterator(corpus_tokens(), trainers.BpeTrainer(vocab_size=400, show_progress=False, **options))
    tokenizer.enable_padding(pad_id=0, pad_token="<pad>")
    return tokenizer


VOCABULARIES = {"word-piece": word_piece, "byte-level": byte_level}
