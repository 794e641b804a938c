"""What is said of one problem code: its meaning, what may be done about it, and what the reader of a message should do."""

from dataclasses import dataclass
from enum import StrEnum


class Policy(StrEnum):
    """
    What happens to a sentence with a problem.

    `error` stops the build; `warn` publishes it as it is; `drop` writes it to `rejected.jsonl` with its reason;
    `repair` publishes it after the one repair that the rule's row states. `expand` and `shrink` are the two repairs of an
    annotation that does not begin and end with tokens: to all tokens that it touches, or to those wholly inside it. `note` is no
    fault: it says where to look, and never stops anything.
    """

    ERROR = "error"
    WARN = "warn"
    DROP = "drop"
    REPAIR = "repair"
    EXPAND = "expand"
    SHRINK = "shrink"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class ProblemRule:
    """
    One problem code: its meaning, its default policy and the policies it accepts.

    `expected` and `hint` complete every message; `repair` says what a repair does, where there is one.
    """

    code: str
    meaning: str
    default: Policy
    accepts: frozenset[Policy]
    expected: str
    hint: str
    repair: str = ""


def problem_rule(code: str, policies: str, meaning: str, expected: str, hint: str, *, repair: str = "") -> ProblemRule:
    """Make a rule; the first of `policies` is the default."""
    names = [Policy(name) for name in policies.split()]
    return ProblemRule(code, meaning, names[0], frozenset(names), expected, hint, repair)
