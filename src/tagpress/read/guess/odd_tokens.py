"""Which tokens are no words of a text, though they stand where words do? They are published as they are, and that is in doubt."""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(?:-[a-z]+)*:\S")
_OF_MODELS: Final = frozenset(
    {"[CLS]", "[SEP]", "[PAD]", "[UNK]", "<pad>", "<unk>", "<cls>", "<sep>", "<bos>", "<eos>"}
)
_PIECE: Final = re.compile("##\\S+|[\u2581\u0120]\\S+|\\S+@@|\uffed\\S+|\\S+\uffed")
_ESCAPED: Final = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|#\d{2,5}|#x[0-9A-Fa-f]{2,5});")
# A letter of Chinese with its place in its word behind it, as Weibo NER has them.
_PLACED: Final = re.compile("[\u3400-\u9fff]\\d")
_SHARE: Final = 0.02  # of tokens that are of a model's tokenizer


def doubts(tokens: Iterable[str]) -> list[str]:
    """Return doubts about tokens that all begin with the name of a language, as WikiANN has them, or are those of a model."""
    counts = Counter(tokens)
    if counts and all(map(_LANGUAGE.match, counts)):
        token = next(iter(counts))
        prefix = token.partition(":")[0]
        begins = f"tokens: each begins like {token!r}, and is published so"
        return [f"{begins}; take it off first: sed -E 's/^{prefix}://' OLD > NEW"]
    return [*_pieces(counts), *_escaped(counts), *_placed(counts)]


def _pieces(counts: Counter[str]) -> list[str]:
    odd = Counter({token: count for token, count in counts.items() if token in _OF_MODELS or _PIECE.fullmatch(token)})
    if not odd or odd.total() < _SHARE * counts.total():
        return []
    token, count = odd.most_common(1)[0]
    said = f"tokens: {odd.total():,} are of a model's tokenizer, such as {token!r} ({count:,}x), and are published so"
    return [f"{said}; a corpus has words, of which each model makes its own pieces"]


def _escaped(counts: Counter[str]) -> list[str]:
    """Return a doubt about characters that are written as HTML writes them."""
    found = sorted(token for token in counts if _ESCAPED.search(token))
    if not found:
        return []
    said = f"tokens: {len(found):,} have characters as HTML writes them, such as {found[0]!r}, and are published so"
    return [f"{said}; sed 's/&lt;/</g; s/&gt;/>/g; s/&quot;/\"/g; s/&amp;/\\&/g' OLD > NEW writes them out"]


def _placed(counts: Counter[str]) -> list[str]:
    """Return a doubt about letters of Chinese that have their place in a word behind them."""
    found = Counter({token: count for token, count in counts.items() if _PLACED.fullmatch(token)})
    if 2 * found.total() <= counts.total():
        return []
    token = found.most_common(1)[0][0]
    said = f"tokens: most have a number behind them, such as {token!r}, which is their place in a word, and are published so"
    return [f"{said}; take it off first: sed -E 's/^(.)[0-9]([[:space:]])/\\1\\2/' OLD > NEW"]
