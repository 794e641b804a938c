"""
Where do the bytes come from? Files, folders and URLs, packed or plain, whole or by ranges.

Goes in: patterns. Comes out: `Source`s, and their bytes as text.
"""
