"""
The policies: what is done about each problem code.

`RULES` is the whole policy of the package in one table; a build's check finds the faults, this page decides their fate.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from tagpress.corpus.corpus_codes import CORPUS_CODES
from tagpress.corpus.problem_rule import Policy, ProblemRule
from tagpress.corpus.source_codes import SOURCE_CODES
from tagpress.errors import ScriptError

RULES: Final[Mapping[str, ProblemRule]] = MappingProxyType({rule.code: rule for rule in (*SOURCE_CODES, *CORPUS_CODES)})


@dataclass(frozen=True, slots=True)
class Policies:
    """
    The policy for every problem code: the defaults, with a script's own on top.

    Raises:
        ScriptError: a code that does not exist, or a policy that its rule does not accept; all faults in one message.

    >>> Policies({"invalid-transition": "repair"})["invalid-transition"]
    <Policy.REPAIR: 'repair'>

    """

    chosen: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        faults = [fault for code, name in self.chosen.items() if (fault := _fault(code, name))]
        if faults:
            raise ScriptError(
                "; ".join(faults), "the documentation has a page for each code, with its policies (docs/, Problems)"
            )

    def __getitem__(self, code: str) -> Policy:
        return Policy(self.chosen[code]) if code in self.chosen else RULES[code].default

    def with_default(self, code: str, policy: Policy) -> "Policies":
        """Return these policies with another default for one code; a script's own choice still wins."""
        return self if code in self.chosen else Policies({**self.chosen, code: policy.value})


def _fault(code: str, name: str) -> str:
    """Say what is wrong with one entry of POLICY, or nothing."""
    rule = RULES.get(code)
    if rule is None:
        return f"POLICY names {code!r}, which is no problem code"
    if name not in {policy.value for policy in rule.accepts}:
        accepted = ", ".join(policy.value for policy in Policy if policy in rule.accepts)
        return f"POLICY sets {code!r} to {name!r}, which is none of {accepted}"
    return ""
