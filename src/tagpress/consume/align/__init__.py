"""
From the tokens and labels of a batch to what a model takes: subword ids, and a label where a token begins.

A fast tokenizer encodes the tokens of a sentence one by one, whatever stands beside them. So each distinct token of a
batch is encoded once, and which subword belongs to which token is known without asking; the rest is NumPy.
"""

from tagpress.consume.align.aligner import Aligner, align_labels
from tagpress.consume.align.result import IGNORED, Aligned, Count, Lost

__all__ = ["IGNORED", "Aligned", "Aligner", "Count", "Lost", "align_labels"]
