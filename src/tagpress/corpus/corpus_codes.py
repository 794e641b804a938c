"""The problem codes of a corpus as a whole: its corrections, copies, splits and types, and what is doubtful in it."""

from typing import Final

from tagpress.corpus.problem_rule import problem_rule

CORPUS_CODES: Final = (
    problem_rule(
        "broken-correction",
        "error warn",
        "a line of a file of corrections that is none, or that cannot be applied",
        "a correction, as `tagpress correct` writes it",
        "mend the line, or take it out; with `warn` it is not applied",
    ),
    problem_rule(
        "unknown-correction",
        "error warn",
        "a correction of a sentence that the sources do not have, or no more with this text",
        "the id of a sentence of the sources",
        "correct the sentence as it is now, `tagpress correct`, and take the line out; with `warn` it is not applied",
    ),
    problem_rule(
        "outdated-correction",
        "error warn",
        "a correction of a sentence that has other spans now than the correction expects",
        "the spans that stand under `before`",
        "correct the sentence as it is now, `tagpress correct`, and take the line out; with `warn` it is not applied",
    ),
    problem_rule(
        "conflicting-correction",
        "error warn",
        "two corrections of the same spans of a sentence that say something else",
        "one correction of a sentence",
        "decide which is right, and take the other out; with `warn` the first is applied",
    ),
    problem_rule(
        "needless-correction",
        "warn error",
        "a correction that the sources have made themselves, or that stands there twice",
        "a correction that changes something",
        "take the line out",
    ),
    problem_rule(
        "duplicate",
        "drop error warn",
        "a sentence with the same tokens and tags as an earlier one of its split",
        "each sentence once",
        'remove the copy, or set POLICY = {"duplicate": "drop"}',
    ),
    problem_rule(
        "conflicting-duplicate",
        "warn error drop",
        "sentences of one split with the same tokens but other tags",
        "the same tags for the same sentence",
        'decide which tags are right, or set POLICY = {"conflicting-duplicate": "drop"} to drop every copy',
    ),
    problem_rule(
        "split-leakage",
        "error drop",
        "a sentence that another split has too",
        "a sentence in one split only",
        'remove one copy, or set POLICY = {"split-leakage": "drop"}: the copy leaves train before dev before test',
    ),
    problem_rule(
        "near-duplicate",
        "warn error drop",
        "a sentence that another split has too but for case, digits, white space or token ends",
        "no sentence of one split in another",
        "remove one of the two, or publish them knowing that a score is flattered",
    ),
    problem_rule(
        "undrawn-picture",
        "warn error",
        "a card that shows a picture, where nothing is installed that draws it",
        "matplotlib, or a card without pictures",
        "pip install 'tagpress[plots]'; without it the card is written without its pictures",
    ),
    problem_rule(
        "empty-split",
        "error",
        "a split in which no sentence is left",
        "at least one sentence in every split",
        "give the split sentences, or leave it out",
    ),
    problem_rule(
        "type-missing-in-split",
        "warn error",
        "an entity type that a split has no example of",
        "every entity type in every split",
        "a score for this type cannot be computed on this split; another salt or more data may help",
    ),
    problem_rule(
        "doubtful-type",
        "note",
        "a name that is mostly tagged with another type",
        "the same type for the same name",
        "look at both: one may be wrong, or the name may mean two things",
    ),
    problem_rule(
        "doubtful-gap",
        "note",
        "a name without a tag that is mostly tagged",
        "a tag wherever the name stands",
        "look at both: the tag may have been forgotten, or the words may not be the name here",
    ),
    problem_rule(
        "doubtful-name",
        "note",
        "a tagged name whose words mostly have no tag",
        "no tag, as elsewhere",
        "look at both: the tag may be a slip, or have been forgotten elsewhere",
    ),
    problem_rule(
        "doubtful-boundary",
        "note",
        "an entity that begins or ends otherwise than such entities mostly do",
        "the same boundaries for the same words",
        "look at both, and decide whether articles, quotes, full stops and the like belong to an entity",
    ),
    problem_rule(
        "doubtful-copy",
        "note",
        "a sentence that another one nearly is, with other tags",
        "the same tags for nearly the same sentence",
        "look at both, and decide which tags are right",
    ),
    problem_rule(
        "doubtful-split",
        "note",
        "a type that one split uses where another uses another type, for names that both have",
        "the same type in both splits",
        "look whether they were annotated by other rules; a score on such a split measures the difference",
    ),
)
