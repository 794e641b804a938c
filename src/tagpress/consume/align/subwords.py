"""What is asked of a tokenizer: the subwords of tokens, the special tokens around a sentence, its limits and padding."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

import numpy as np

from tagpress.columnar.bounds import bounds_of
from tagpress.columnar.types import Ints
from tagpress.errors import UsageError

ASKED: Final = ("encode", "encode_batch", "num_special_tokens_to_add", "truncation", "padding")
UNLIMITED: Final = 10**20  # a transformers tokenizer that knows no limit has a `model_max_length` above this


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The special tokens before and after a sentence, with the type id of each, and the type id of its subwords."""

    prefix: tuple[int, ...]
    suffix: tuple[int, ...]
    prefix_types: tuple[int, ...]
    suffix_types: tuple[int, ...]
    type_id: int

    @property
    def size(self) -> int:
        """Return how many special tokens a row holds."""
        return len(self.prefix) + len(self.suffix)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subwords:
    """The subword ids of tokens, end to end: those of token i are at `bounds[i]` to `bounds[i + 1]`."""

    ids: Ints
    bounds: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Padding:
    """What fills a row up to a width, and on which side."""

    pad_id: int = 0
    type_id: int = 0
    left: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FastTokenizer:
    """
    A `tokenizers.Tokenizer`, or a tokenizer of `transformers` that is one underneath.

    Raises:
        UsageError: it is something else.

    """

    given: Any
    backend: Any

    @classmethod
    def of(cls, tokenizer: Any) -> "FastTokenizer":  # noqa: ANN401 - the user's: neither library is ours to import
        """
        Take a tokenizer.

        Raises:
            UsageError: it is no fast tokenizer.

        """
        backend = getattr(tokenizer, "backend_tokenizer", tokenizer)
        if not all(hasattr(backend, name) for name in ASKED):
            message = (
                f"{type(tokenizer).__name__} is not a fast tokenizer: it does not say which subword is of which token."
            )
            raise UsageError(message, "Pass a tokenizers.Tokenizer, or what AutoTokenizer loads with use_fast=True.")
        return cls(given=tokenizer, backend=backend)

    @property
    def limit(self) -> int | None:
        """Return how many subwords a row may hold by the tokenizer's own account, special tokens included."""
        if self._wrapped:
            found = getattr(self.given, "model_max_length", UNLIMITED)
            return int(found) if found < UNLIMITED else None
        return self.backend.truncation["max_length"] if self.backend.truncation else None

    @property
    def cuts_from_left(self) -> bool:
        """Return whether a sentence that is too long loses its beginning."""
        truncation = self.backend.truncation or {}
        side = getattr(self.given, "truncation_side", None) or truncation.get("direction", "right")
        return bool(side == "left")

    @property
    def has_types(self) -> bool:
        """Return whether the model takes `token_type_ids`."""
        return "token_type_ids" in getattr(self.given, "model_input_names", ())

    @property
    def padding(self) -> Padding:
        """
        Return how the tokenizer pads.

        Raises:
            UsageError: it has no padding token.

        """
        if self._wrapped and self.given.pad_token_id is not None:
            pad_id, type_id = self.given.pad_token_id, self.given.pad_token_type_id
            return Padding(pad_id=pad_id, type_id=type_id, left=self.given.padding_side == "left")
        own = None if self._wrapped else self.backend.padding
        if own is None:
            hint = "Set its pad_token." if self._wrapped else "Say which with enable_padding(pad_id=, pad_token=)."
            raise UsageError("The tokenizer has no padding token.", hint)
        return Padding(pad_id=own["pad_id"], type_id=own["pad_type_id"], left=own["direction"] == "left")

    @property
    def draws_lots(self) -> bool:
        """Return whether it may encode the same token now so and now otherwise (BPE dropout)."""
        return bool(getattr(getattr(self.backend, "model", None), "dropout", None))

    def encode(self, tokens: Sequence[str]) -> Subwords:
        """Return the subwords of each token alone."""
        # Offsets take half of the time, and a token alone needs none: where there is a call without them, it is that.
        encode = getattr(self.backend, "encode_batch_fast", self.backend.encode_batch)
        with _plain(self.backend):
            encodings = encode(tokens, add_special_tokens=False)
        ids = np.fromiter(chain.from_iterable(encoding.ids for encoding in encodings), np.int64)
        sizes = np.fromiter(map(len, encodings), np.int64, len(encodings))
        return Subwords(ids=ids, bounds=bounds_of(sizes))

    def frame(self, sample: str | None) -> Frame:
        """
        Return the special tokens of a sentence, as they stand around a token that has subwords.

        Raises:
            UsageError: the tokenizer does not put them before and after the sentence.

        """
        with _plain(self.backend):
            encoding = self.backend.encode([] if sample is None else [sample], is_pretokenized=True)
        ids, types, of = encoding.ids, encoding.type_ids, encoding.word_ids
        inner = [place for place, token in enumerate(of) if token is not None]
        first, stop = (inner[0], inner[-1] + 1) if inner else (len(ids), len(ids))
        alone = [] if sample is None else self.encode([sample]).ids.tolist()
        if (ids[first:stop] != alone and not self.draws_lots) or len(set(types[first:stop])) > 1:
            message = "The tokenizer's post-processor does more than put special tokens before and after a sentence."
            raise UsageError(message, "Use one that does, such as TemplateProcessing(single='[CLS] $A [SEP]').")
        return Frame(
            prefix=tuple(ids[:first]),
            suffix=tuple(ids[stop:]),
            prefix_types=tuple(types[:first]),
            suffix_types=tuple(types[stop:]),
            type_id=types[first] if inner else 0,
        )

    @property
    def _wrapped(self) -> bool:
        return self.given is not self.backend


@contextlib.contextmanager
def _plain(backend: Any) -> Iterator[None]:  # noqa: ANN401 - as above
    """Set the tokenizer's own truncation and padding aside: they are of rows, and here tokens are encoded."""
    truncation, padding = backend.truncation, backend.padding
    try:
        if truncation:
            backend.no_truncation()
        if padding:
            backend.no_padding()
        yield
    finally:
        if truncation:
            backend.enable_truncation(**truncation)
        if padding:
            backend.enable_padding(**padding)
