"""
How is a file of one token a line read at the speed of memory? One compiled pass over its bytes.

Goes in: the text of a piece, and `Rules`. Comes out: `Parsed`.
"""
