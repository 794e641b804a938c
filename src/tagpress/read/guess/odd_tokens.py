"""Which tokens are no words of a text, though they stand where words do? They are published as they are, and that is in doubt."""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(?:-[a-z]+)*:\S")
_OF_MODELS: Final = frozenset(
    {"[CLS]", "[SEP]", "[PAD]", "[UNK]", "<pad>", "<unk>", "<cls>", "<sep>", "<bos>", "<eos>"}
)
_PIECE: Final = re.compile("##\\S|[\u2581\u0120]\\S")
_SHARE: Final = 0.02  # of tokens that are of a model's tokenizer


def doubts(tokens: Iterable[str]) -> list[str]:
    """Return doubts about tokens that all begin with the name of a language, as WikiANN has them, or are those of a model."""
    counts = Counter(tokens)
    if counts and all(map(_LANGUAGE.match, counts)):
        token = next(iter(counts))
        prefix = token.partition(":")[0]
        begins = f"tokens: each begins like {token!r}, and is published so"
        return [f"{begins}; take it off first: sed -E 's/^{prefix}://' OLD > NEW"]
    odd = Counter({token: count for token, count in counts.items() if token in _OF_MODELS or _PIECE.match(token)})
    if not odd or odd.total() < _SHARE * counts.total():
        return []
    token, count = odd.most_common(1)[0]
    said = f"tokens: {odd.total():,} are of a model's tokenizer, such as {token!r} ({count:,}x), and are published so"
    return [f"{said}; a corpus has words, of which each model makes its own pieces"]
