"""
Which labels of a corpus are in doubt, because the corpus itself says otherwise elsewhere?

    sentences   what is published of a piece, as arrays
    spans       the spans in it
    layers      which layers are looked at, and how one is read from a piece
    counted     how often different rows occur, in a piece and in several
    names       which names are tagged, how often with which type in which split; and the words at their edges
    readings    how each of those names is read wherever its tokens stand
    judge       the readings; counts -> which of them are in doubt, and how sure that is
    asked       the readings in doubt, and those that speak against them
    sought      what is looked for then, in every piece
    places      where it stands
    placed      what one piece has of it, and several together
    splits      types that one split uses otherwise than another
    copies      sentences that are nearly the same and tagged otherwise
    words       what a note says
    found       notes, and how many more there are
    one_layer   the whole for a layer of spans
    find        the whole: a corpus that was read -> its doubts

For classes of tokens, where there is nothing without one:

    classes       which class has each token, and beside what does it stand
    class_counts  how often a word has which class, anywhere and beside the same word; which are in doubt
    class_places  where they stand, and what speaks for them
    class_layer   the whole for a layer of classes

No model is asked. Pieces are looked at three times, each on its own; between these, counts are added up, so neither the cut into
pieces nor their order leaves a trace. What is found in the second look is kept for the third, which looks at no token but those of places in doubt. Layers, and configurations,
are looked at one by one.
"""
