"""
What does an owner write? A builder script; this reads one (`builder`), and writes the first one (`new`).

Goes in: a Python file, or sources that nobody has described. Comes out: a `Declaration`, or a script and a card.
"""
