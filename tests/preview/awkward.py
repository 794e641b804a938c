"""Builds whose words try to break a page, and a large one."""

from collections.abc import Sequence
from pathlib import Path

from export.builds import LABELS, parsed, rows, write_build
from made_corpora import Tagged, declare, write_document
from tagpress.build.corpus import build_corpus
from tagpress.corpus.policies import Policies

HOSTILE: Tagged = [
    ("Ada", "B-Language"),
    ("<script>window.hit=1</script>", "B-Device"),
    ("</script><script>window.hit=1</script>", "O"),
    ('"><img src=x onerror=window.hit=1>', "B-Language"),
    ("&amp;", "O"),
    ("<!--<script>", "O"),
    ("{{ 7*7 }}", "O"),
]
HEBREW: Tagged = [("הספרייה", "O"), ("נכתבה", "O"), ("בשפת", "O"), ("פייתון", "B-Language"), ("Guido", "B-Device")]
ARABIC: Tagged = [("بايثون", "B-Language"), ("می‌خواهم", "O"), ("2024", "O"), ("C++", "B-Language")]
EMOJI: Tagged = [("👩‍🔬", "B-Device"), ("uses", "O"), ("🏴󠁧󠁢󠁥󠁮󠁧󠁿", "O"), ("❤️", "O")]
HIDDEN: Tagged = [
    ("zero", "O"),
    ("\u200b", "O"),
    (" ", "B-Device"),
    ("\u00a0", "O"),
    ("\u202eevil", "O"),
    ("x y", "B-Language"),
    ("\u0301e", "O"),
]
LONG: Tagged = [(f"w{place}", "O") for place in range(400)]
PLAIN: Sequence[Tagged] = [
    [(f"word{place}", "O"), ("Rust", "B-Language"), ("on", "O"), ("Pi", "B-Device"), ("Zero", "I-Device")]
    + [(f"end{place}", "O")] * (place % 3)
    for place in range(60)
]
CORPUS: Sequence[Tagged] = [HOSTILE, HEBREW, ARABIC, EMOJI, HIDDEN, LONG, *PLAIN]


RAGGED = "<s>\nRagged\tB-Language\nno tag\n<b>x</b>\tO\tthree\n</s>\n"

# Windows that pages are looked at in.
SIZES = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}


def make_build(folder: Path, corpus: Sequence[Tagged] = CORPUS, version: str = "1.0.0") -> Path:
    """A build of these sentences, the last of them twice and a ragged one behind."""
    source = folder / "source" / "<b>.txt"
    write_document(source, [*corpus, corpus[-1]])
    source.write_text(source.read_text("utf-8") + RAGGED, encoding="utf-8")
    declaration = declare(folder / "source", version=version, policies=Policies({"ragged-line": "drop"}))
    build_corpus(declaration, folder / "build", workers=1)
    return folder / "build"


def numbered(word: str, count: int) -> list[str]:
    """Words that no near key takes for the same, as it would take numbers."""
    return [word + str(number).translate(str.maketrans("0123456789", "abcdefghij")) for number in range(count)]


def warned_build(folder: Path, long: int) -> Path:
    """A build of sentences of one word and as many that are too long; and of two copies and two variants that stay."""
    short, too_long = ([[(word, "O")] * size for word in numbered(kind, long)] for kind, size in (("s", 1), ("l", 4)))
    same, variants = [("same", "O")], [[("other", "O")], [("other", "B-Device")]]
    write_document(folder / "source" / "a.txt", [*short, same, variants[0]])
    write_document(folder / "source" / "b.txt", [variants[1], *too_long, same])
    policies = Policies({"duplicate": "warn"})
    build_corpus(declare(folder / "source", policies=policies, max_tokens=3), folder / "build", workers=1)
    return folder / "build"


def large_build(folder: Path, sentences: int) -> Path:
    """A build of train and test in which one sentence of each has the rare type."""
    shards = {}
    for split, count in (("train", sentences * 9 // 10), ("test", sentences // 10)):
        plain = [parsed(f"{split}{place} met Ada/B-Person Lovelace/I-Person") for place in range(count)]
        plain[count // 2] = parsed(f"{split} read Emma/B-creative-work")
        shards[split] = [rows(plain, ids=[f"{split}{place}" for place in range(count)], split=split)]
    assert LABELS.entity_types[:2] == ("Person", "creative-work")
    return write_build(folder / "large", shards)
