"""
How is a release used? Loaded (`load`), streamed (`streaming`), and turned into inputs of a model (`align`).

Goes in: the name of a repository and a version, or a build. Comes out: rows. Nothing here needs what only publishers need.
"""
