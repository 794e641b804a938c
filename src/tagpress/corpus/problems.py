"""One fault found in a source, as a value and as the sentence that a person reads."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from tagpress.corpus.place import has_rows, placed
from tagpress.corpus.policies import RULES
from tagpress.corpus.problem_rule import Policy

# How a policy is called once it has been applied to a fault.
SEVERITY: Final = {
    Policy.ERROR: "error",
    Policy.WARN: "warning",
    Policy.DROP: "dropped",
    Policy.REPAIR: "repaired",
    Policy.EXPAND: "repaired",
    Policy.SHRINK: "repaired",
    Policy.NOTE: "note",
}
# What was done about it, where nothing is left to do.
_DONE: Final = {
    Policy.DROP: "left out, and kept with its reason in rejected.jsonl",
    Policy.REPAIR: "repaired: {repair}",
    Policy.EXPAND: "repaired: expanded to all tokens that it touches",
    Policy.SHRINK: "repaired: shrunk to the tokens wholly inside it",
}
DOUBTFUL: Final = "doubtful-"
"""How the codes of labels in doubt begin."""
_SHOWN: Final = 80  # characters of the text found that a message shows; the place says where the rest is
_NAMES: Final = 10  # names that a message shows
_NAME: Final = 80  # characters of each


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Problem:
    """
    One fault: where, what was found, what was expected, what to do.

    Problems sort by place; behind them stand notes, the surest first: `doubt` is 0 for a fault, and one minus its score for a note. `line` and `col` are 1-based; `col` counts Unicode code points; both are 0 for a
    problem of the corpus as a whole. `sentence` is the line where the sentence begins that has the problem (as in
    `rejected.jsonl`), or 0 where no sentence has it; `id` is that sentence's id, or empty where it is not published.
    """

    doubt: float = 0.0
    path: str
    line: int
    col: int
    code: str
    severity: str
    found: str
    expected: str
    hint: str
    sentence: int = 0
    id: str = ""

    @property
    def place(self) -> str:
        """Return `path:line:col`, of a table in memory `split[row]`, or the path alone for a problem of the corpus as a whole."""
        return placed(self.path, self.line, self.col)

    @property
    def message(self) -> str:
        """Return the one clear sentence, without place and code."""
        return f"found {self.found}; expected {self.expected}; {self.hint}"

    def __str__(self) -> str:
        return f"{self.place}: {self.severity}: {self.code}: {self.message}"

    def below(self, lines: int) -> "Problem":
        """Return the same problem in a piece that begins `lines` lines further down its file."""
        sentence = self.sentence + lines if self.sentence else 0
        return replace(self, line=self.line + lines, sentence=sentence)

    @property
    def score(self) -> float | None:
        """Return how sure a note is, from 0 to 1; a fault has no score."""
        return round(1 - self.doubt, 4) if self.doubt else None

    def to_json(self) -> dict[str, str | int | float | None]:
        """Return the problem as `--json` prints it."""
        return {
            "code": self.code,
            "severity": self.severity,
            "path": self.path,
            "line": self.line,
            "col": self.col,
            "message": self.message,
            "found": self.found,
            "expected": self.expected,
            "hint": self.hint,
            "sentence": self.sentence or None,
            "id": self.id or None,
            **({} if self.score is None else {"score": self.score}),
            **({"place": self.place} if has_rows(self.path) else {}),
        }


def problem(
    code: str,
    policy: Policy,
    *,
    path: str,
    place: tuple[int, int] = (0, 0),
    found: str,
    expected: str = "",
    hint: str = "",
) -> Problem:
    """Make a problem from its rule; `expected` and `hint` replace the rule's own words where the fault knows better ones."""
    rule = RULES[code]
    line, col = place
    return Problem(
        path=path,
        line=line,
        col=col,
        code=code,
        severity=SEVERITY[policy],
        found=found,
        expected=expected or rule.expected,
        hint=_DONE[policy].format(repair=rule.repair) if policy in _DONE else hint or rule.hint,
    )


def quoted(text: str) -> str:
    """Return text as a message shows it: escaped, and shortened with its full length said."""
    return repr(text) if len(text) <= _SHOWN else f"{text[:_SHOWN]!r}... ({len(text):,} characters)"


def few(names: Iterable[str]) -> str:
    r"""
    Return names as a message shows them: the first of them, each shortened, and how many more there are.

    >>> few(["a", "b\n"]), few(map(str, range(20)))
    ("a, 'b\\n'", '0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 10 more')

    """
    listed = list(names)
    visible = (name if name.isprintable() else repr(name) for name in listed[:_NAMES])
    shown = ", ".join(name if len(name) <= _NAME else f"{name[:_NAME]}..." for name in visible)
    return shown + (f" and {len(listed) - _NAMES:,} more" if len(listed) > _NAMES else "")


def counted(number: int, thing: str) -> str:
    """
    Return a number with what it counts.

    >>> counted(1, "line"), counted(2000, "line")
    ('1 line', '2,000 lines')

    """
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"
