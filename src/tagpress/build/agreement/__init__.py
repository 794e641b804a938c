"""
How far do those agree who have annotated the same sentences?

In go the configurations of a corpus that was read, and what it declares as its annotators; out come, for each layer that
several of them have, F1 of each pair and Krippendorff's alpha.

    annotator    one of them: its sentences, by what makes them the same, and its layers
    sentences    which sentences of configurations, files and layers are the same
    marks        what annotators say of the sentences that they share, laid along the same tokens
    compare      what that adds up to
    find         which annotators a corpus has, and what is compared of them
    found        whether there is anybody to compare, and what was found: all that a corpus without annotators loads
"""
