"""
What do a model's predictions say against the labels of a corpus?

In go a corpus that was read, and a file of predictions by the ids of sentences; out come notes, the surest first.

    files      which file is for which configuration
    read       the file: JSON lines or Parquet, probabilities or tags
    layers     which layer they are of
    judge      which labels are in doubt, and how much: confident learning, or counting
    find       both, for the sentences that are published
"""
