"""
How does a text with character spans become tokens with labels? `Spans` is the dialect of annotation tools.

In go the bytes of an export. A format (`formats`) finds its records: a text, its spans, perhaps its tokens, and what is wrong
with them. `tokenise` cuts texts into tokens, `assemble` lays the spans beside them. Out comes a `Parsed`.
"""
