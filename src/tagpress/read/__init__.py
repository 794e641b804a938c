"""
How do the bytes of a source become sentences? One module a dialect; below them what they share.

Goes in: files, folders and URLs (`sources`), cut into pieces (`pieces`). Comes out: `Parsed`, sentences in Arrow columns with every
fault that was seen. `scanner` is the compiled loop for lines of columns; `guess` finds the dialect of an unknown corpus.
"""
