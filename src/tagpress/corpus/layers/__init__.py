"""
What may a corpus say about the tokens of a sentence, besides its main tags? One module a kind, one table of them.

    TokenClasses    a class a token, such as parts of speech
    FlatSpans       spans side by side, such as chunks; published as IOB2 labels
    NestedSpans     spans in and across each other; published as a list of start, end and type
    TokenTexts      a text a token, such as lemmas

    layer           what each of them can do, and what it reads from
    spelled         what tags of a scheme mean: those of a layer, and the main ones
    numbers         how numbers are laid out in columns
    table           the kinds by the names that a manifest has for them

A layer is a frozen value. A script makes one with what it is read from; what is known of it later, kind and names, is in
the manifest, and makes one again that checks and shows what was published.
"""
