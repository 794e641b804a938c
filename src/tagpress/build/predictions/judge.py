"""
Which labels do predictions speak against, and how much?

With probabilities by confident learning (Northcutt, Jiang and Chuang 2021), which `cleanlab` does: it estimates from a model's own
confidence in each label which labels are wrong, and calls the probability of a label its quality. With tags alone nothing is known
of how sure a model was: a place is in doubt where label and prediction differ, and the more so the more of the tokens that are
predicted so are labelled so. That is a count, no probability, and finds no more than the differences.
"""

import warnings
from dataclasses import dataclass

import numpy as np

from tagpress.columnar.types import Array, Ints
from tagpress.corpus.predictions import Predictions
from tagpress.extras import needed_for

COUNTING = "counting where labels and predicted tags differ; how sure the model was, only probabilities say"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """
    The tokens in doubt, the surest first.

    `tokens` are their numbers, `scores` how sure it is that the label is wrong, from 0 to 1; `better` are the labels that are
    predicted, of all tokens. `remarks` are what the method says itself.
    """

    tokens: Ints
    scores: Array
    better: Ints
    method: str
    remarks: tuple[str, ...] = ()


def judge(labels: Ints, predictions: Predictions) -> Judged:
    """
    Judge labels, of shape [tokens], by the predictions for the same tokens.

    Raises:
        NotInstalledError: there are probabilities, and cleanlab is not installed.

    """
    return (
        _counted(labels, predictions.values) if predictions.kind == "tags" else _confident(labels, predictions.values)
    )


def _confident(labels: Ints, probabilities: Array) -> Judged:
    with needed_for("predictions with probabilities are judged by confident learning, which"):
        from cleanlab import __version__  # noqa: PLC0415 - an extra, and slow to import
        from cleanlab.filter import find_label_issues  # noqa: PLC0415 - the same
        from cleanlab.rank import get_label_quality_scores  # noqa: PLC0415 - the same
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        found = find_label_issues(labels, probabilities, return_indices_ranked_by="self_confidence", n_jobs=1)
        quality = get_label_quality_scores(labels, probabilities, method="self_confidence")
    better = probabilities.argmax(axis=1)
    tokens = np.asarray(found, dtype=np.int64)
    tokens = tokens[better[tokens] != labels[tokens]]
    tokens = tokens[np.lexsort((tokens, quality[tokens]))]  # of equal ones, those that come first
    remarks = dict.fromkeys(str(one.message) for one in said if issubclass(one.category, UserWarning))
    method = f"confident learning (cleanlab {__version__})"
    return Judged(tokens=tokens, scores=1 - quality[tokens], better=better, method=method, remarks=tuple(remarks))


def _counted(labels: Ints, tags: Ints) -> Judged:
    size = int(max(labels.max(initial=0), tags.max(initial=0))) + 1
    both = np.zeros((size, size), dtype=np.int64)  # [predicted, labelled]
    np.add.at(both, (tags, labels), 1)
    share = both.diagonal() / np.maximum(both.sum(axis=1), 1)
    tokens = np.flatnonzero(labels != tags)
    tokens = tokens[np.lexsort((tokens, -share[tags[tokens]]))]
    return Judged(tokens=tokens, scores=share[tags[tokens]], better=tags, method=COUNTING)
