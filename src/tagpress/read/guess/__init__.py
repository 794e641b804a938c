"""
Which dialect is a corpus in that nobody has described? A guess, with its reasons and its doubts.

Goes in: sources. Comes out: `Sniffed`.
"""
