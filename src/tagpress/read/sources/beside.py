"""
Which file belongs to another, by its name?

A rule is a suffix, `.ann`, which stands in the place of that of the file; or two ends of paths with `>` between, of which the
second stands in the place of the first: `seq.in>seq.out`, `*.words.txt>*.tags.txt`, `txt/*.txt>concept/*.con`,
`*.txt>annotations.csv`. What the star of the first stands for, folders too, stands in the star of the second.
"""

import re
from functools import lru_cache
from typing import Final

from tagpress.errors import UsageError

_BETWEEN: Final = ">"
_STAR: Final = "*"


def beside(path: str, rule: str) -> str | None:
    """
    Return the path of the file that belongs to the one at `path`; None where the rule is of files with other names.

    >>> beside("a/b.txt", ".ann"), beside("a/seq.in", "seq.in>seq.out"), beside("a/x.txt", "seq.in>seq.out")
    ('a/b.ann', 'a/seq.out', None)
    >>> beside("a/txt/b.txt", "txt/*.txt>concept/*.con"), beside("a/b.txt", "*.txt>labels.json")
    ('a/concept/b.con', 'a/labels.json')

    """
    if _BETWEEN not in rule:
        stem, dot, _ = path.rpartition(".")
        return f"{stem if dot and '/' not in path[len(stem) :] else path}{rule}"
    pattern, other = _read(rule)
    match = pattern.search(path)
    if match is None:
        return None
    return path[: match.start(1)] + other.replace(_STAR, match["star"] if _STAR in rule.partition(_BETWEEN)[0] else "")


def one_for_all(rule: str) -> bool:
    """
    Return whether one file belongs to many others.

    >>> one_for_all("*.txt>labels.json"), one_for_all("*.txt>*.con"), one_for_all("seq.in>seq.out"), one_for_all(".ann")
    (True, False, False, False)

    """
    first, between, other = rule.partition(_BETWEEN)
    return bool(between) and _STAR in first and _STAR not in other


def checked_rule(rule: str) -> str:
    """
    Return a rule.

    Raises:
        UsageError: it is none.

    """
    first, between, other = rule.partition(_BETWEEN)
    sound = (
        first
        and other
        and first.count(_STAR) <= 1
        and other.count(_STAR) <= first.count(_STAR)
        and _BETWEEN not in other
        if between
        else rule.startswith(".") and "/" not in rule
    )
    if not sound or first == other:
        hint = "write '.out', or 'seq.in>seq.out', or with a star in both, '*.words.txt>*.tags.txt'"
        raise UsageError(f"beside={rule!r} says of no file which one belongs to it", hint)
    return rule


@lru_cache(maxsize=64)
def _read(rule: str) -> tuple[re.Pattern[str], str]:
    """Return what finds the end of a path, its star as such, and what is put there."""
    first, _, other = rule.partition(_BETWEEN)
    before, star, behind = first.partition(_STAR)
    folder = "" if star and not before else r"(?:^|/)"
    # Without anything before it, a star is a name; else it may go through folders.
    inner = r"(?P<star>[^/]+)" if not before else r"(?P<star>.+?)"
    found = f"{re.escape(before)}{inner if star else ''}{re.escape(behind)}"
    return re.compile(f"{folder}({found})$"), other
