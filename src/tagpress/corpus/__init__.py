"""
What is a corpus, and when is it valid? Values and pure functions, without a file, a network or a clock.

Goes in: names, tags, tokens, documents. Comes out: label ids (`schema`, `tags`), keys and digests (`identity`), the split and
shard of a group (`splits`), problems and what is done about them (`problems`, `policies`, with the codes of a source and of a
corpus), what a split counts (`tally`), and what a release lists (`manifest`).
"""
