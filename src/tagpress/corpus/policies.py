"""
The problem codes: what each one means, what may be done about it, and what the reader of a message should do.

`RULES` is the whole policy of the package in one table; `check.py` finds the faults, this page decides their fate.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from tagpress.errors import ScriptError


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
class Rule:
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


_ERROR, _WARN, _DROP, _REPAIR = Policy.ERROR, Policy.WARN, Policy.DROP, Policy.REPAIR


def _rule(code: str, policies: str, meaning: str, expected: str, hint: str, *, repair: str = "") -> Rule:
    """Make a rule; the first of `policies` is the default."""
    names = [Policy(name) for name in policies.split()]
    return Rule(code, meaning, names[0], frozenset(names), expected, hint, repair)


_TABLE: Final = (
    _rule(
        "bad-encoding",
        "error drop",
        "bytes that are not text in the declared encoding",
        "text in the declared encoding",
        "declare the file's real encoding in DIALECT, or mend the bytes",
    ),
    _rule(
        "ragged-line",
        "error drop",
        "a line with another number of columns than the dialect declares",
        "as many columns as the dialect declares",
        "mend the line, or declare the delimiter and columns in DIALECT",
    ),
    _rule(
        "ambiguous-comment",
        "error warn drop",
        "a line that begins like a comment, an id or a document, and has the columns and the tag of a token",
        "a comment that cannot be a token",
        'say in DIALECT what such lines are, ambiguous="token" or ambiguous="comment", or narrow the prefix: comment="# "',
    ),
    _rule(
        "broken-quote",
        "error drop",
        "a quoted column that its line does not close, or that goes on behind its quote",
        "a quote at both ends of a column, and two for one in it",
        "mend the line, or leave quote= out of DIALECT if a quote is a token like any other",
    ),
    _rule(
        "stray-line",
        "error drop",
        "lines outside any sentence",
        "every token line between the sentence markers",
        "put the lines into a sentence, or remove them",
    ),
    _rule(
        "unclosed-sentence",
        "error drop repair",
        "a sentence that the end of the file cuts off",
        "an end marker before the end of the file",
        "close the sentence, or restore what was cut off",
        repair="the sentence ends with the file",
    ),
    _rule(
        "nested-sentence",
        "error drop repair",
        "a sentence that begins before the last one ended",
        "an end marker before the next start marker",
        "close the first sentence",
        repair="the first sentence ends where the next begins",
    ),
    _rule(
        "empty-sentence",
        "drop error",
        "a sentence without tokens",
        "at least one token",
        "remove the empty sentence",
    ),
    _rule(
        "broken-record",
        "error drop",
        "a record that is not what its format says",
        "a record of the declared format",
        "mend the record, or declare the format that it has in DIALECT",
    ),
    _rule(
        "rejected-record",
        "drop error warn",
        "a record that its annotator rejected or skipped, or that nobody annotated",
        "a record that was annotated and accepted",
        "leave it out of the export",
    ),
    _rule(
        "several-annotations",
        "error drop",
        "a record that several annotators annotated otherwise",
        "one annotation of each record",
        "say whose annotations are published, annotator= in DIALECT, or settle them in the tool",
    ),
    _rule(
        "broken-annotation",
        "error drop",
        "an annotation that is no span of its text",
        "a span within one sentence, with a label, whose text is that of its place",
        "mend the annotation, or declare units= and sentences= in DIALECT as its tool counts",
    ),
    _rule(
        "unaligned-annotation",
        "error drop expand shrink",
        "an annotation that does not begin and end with tokens",
        "an annotation that begins and ends with tokens",
        'mend the annotation, tokenise so that it fits, or set POLICY = {"unaligned-annotation": "expand"} or "shrink"',
        repair="`expand`: to all tokens that it touches; `shrink`: to the tokens wholly inside it",
    ),
    _rule(
        "overlapping-annotation",
        "error drop repair",
        "an annotation that overlaps another, or is in it",
        "annotations side by side",
        'mend one of the two, or set POLICY = {"overlapping-annotation": "repair"}',
        repair="of those that overlap the longest stays, the first of equals, and the others are left out",
    ),
    _rule(
        "repeated-span",
        "repair error drop",
        "a span that a nested layer has twice, with the same type",
        "each span once",
        "remove one of the two",
        repair="it is published once",
    ),
    _rule("empty-token", "error drop", "a token of no characters", "a token", "write the token, or remove the line"),
    _rule(
        "quoted-token",
        "warn error drop",
        "a token that begins and ends with a quote, where no quotes are declared",
        "a token as it is in the text",
        "declare quote='\"' in DIALECT if the file is CSV: the quotes are taken off; keep it if the corpus means it",
    ),
    _rule(
        "whitespace-in-token",
        "warn error drop",
        "a token that is, begins, ends with or holds white space",
        "a token without white space",
        "keep it if the corpus means it; tools that join tokens by spaces cannot tell it from two tokens",
    ),
    _rule(
        "control-character",
        "warn error drop",
        "a token with a control, format or replacement character that no one can see",
        "visible characters",
        "keep it if the corpus means it, or remove the character",
    ),
    _rule(
        "unknown-tag",
        "error drop",
        "a tag that the tag set or the scheme does not have",
        "O or a tag of a declared entity type",
        "mend the tag, or add the type to ENTITY_TYPES",
    ),
    _rule(
        "invalid-transition",
        "error drop repair",
        "a tag that cannot follow the one before it in the declared scheme",
        "a valid transition",
        'mend the tag, declare the scheme that the file uses, or set POLICY = {"invalid-transition": "repair"}',
        repair="a new entity begins at the tag, as the CoNLL scorer reads it",
    ),
    _rule(
        "broken-correction",
        "error warn",
        "a line of a file of corrections that is none, or that cannot be applied",
        "a correction, as `tagpress correct` writes it",
        "mend the line, or take it out; with `warn` it is not applied",
    ),
    _rule(
        "unknown-correction",
        "error warn",
        "a correction of a sentence that the sources do not have, or no more with this text",
        "the id of a sentence of the sources",
        "correct the sentence as it is now, `tagpress correct`, and take the line out; with `warn` it is not applied",
    ),
    _rule(
        "outdated-correction",
        "error warn",
        "a correction of a sentence that has other spans now than the correction expects",
        "the spans that stand under `before`",
        "correct the sentence as it is now, `tagpress correct`, and take the line out; with `warn` it is not applied",
    ),
    _rule(
        "conflicting-correction",
        "error warn",
        "two corrections of the same spans of a sentence that say something else",
        "one correction of a sentence",
        "decide which is right, and take the other out; with `warn` the first is applied",
    ),
    _rule(
        "needless-correction",
        "warn error",
        "a correction that the sources have made themselves, or that stands there twice",
        "a correction that changes something",
        "take the line out",
    ),
    _rule(
        "overlong-sentence",
        "warn error drop",
        "a sentence longer than MAX_TOKENS",
        "a sentence that a model can take whole",
        "look whether sentence boundaries are missing",
    ),
    _rule(
        "duplicate",
        "drop error warn",
        "a sentence with the same tokens and tags as an earlier one of its split",
        "each sentence once",
        'remove the copy, or set POLICY = {"duplicate": "drop"}',
    ),
    _rule(
        "conflicting-duplicate",
        "warn error drop",
        "sentences of one split with the same tokens but other tags",
        "the same tags for the same sentence",
        'decide which tags are right, or set POLICY = {"conflicting-duplicate": "drop"} to drop every copy',
    ),
    _rule(
        "split-leakage",
        "error drop",
        "a sentence that another split has too",
        "a sentence in one split only",
        'remove one copy, or set POLICY = {"split-leakage": "drop"}: the copy leaves train before dev before test',
    ),
    _rule(
        "near-duplicate",
        "warn error drop",
        "a sentence that another split has too but for case, digits, white space or token ends",
        "no sentence of one split in another",
        "remove one of the two, or publish them knowing that a score is flattered",
    ),
    _rule(
        "undrawn-picture",
        "warn error",
        "a card that shows a picture, where nothing is installed that draws it",
        "matplotlib, or a card without pictures",
        "pip install 'tagpress[plots]'; without it the card is written without its pictures",
    ),
    _rule(
        "empty-split",
        "error",
        "a split in which no sentence is left",
        "at least one sentence in every split",
        "give the split sentences, or leave it out",
    ),
    _rule(
        "type-missing-in-split",
        "warn error",
        "an entity type that a split has no example of",
        "every entity type in every split",
        "a score for this type cannot be computed on this split; another salt or more data may help",
    ),
    _rule(
        "doubtful-type",
        "note",
        "a name that is mostly tagged with another type",
        "the same type for the same name",
        "look at both: one may be wrong, or the name may mean two things",
    ),
    _rule(
        "doubtful-gap",
        "note",
        "a name without a tag that is mostly tagged",
        "a tag wherever the name stands",
        "look at both: the tag may have been forgotten, or the words may not be the name here",
    ),
    _rule(
        "doubtful-name",
        "note",
        "a tagged name whose words mostly have no tag",
        "no tag, as elsewhere",
        "look at both: the tag may be a slip, or have been forgotten elsewhere",
    ),
    _rule(
        "doubtful-boundary",
        "note",
        "an entity that begins or ends otherwise than such entities mostly do",
        "the same boundaries for the same words",
        "look at both, and decide whether articles, quotes, full stops and the like belong to an entity",
    ),
    _rule(
        "doubtful-copy",
        "note",
        "a sentence that another one nearly is, with other tags",
        "the same tags for nearly the same sentence",
        "look at both, and decide which tags are right",
    ),
    _rule(
        "doubtful-split",
        "note",
        "a type that one split uses where another uses another type, for names that both have",
        "the same type in both splits",
        "look whether they were annotated by other rules; a score on such a split measures the difference",
    ),
)
RULES: Final[Mapping[str, Rule]] = MappingProxyType({rule.code: rule for rule in _TABLE})


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
