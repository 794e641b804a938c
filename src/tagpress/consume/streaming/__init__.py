"""
The consumer's side of a release: load it, or stream it into a training job, at exactly one version.

    pinned          which commit a version is, and what of it is kept here
    load            `load_dataset` for a pinned version
    plan            the order of an epoch, and who reads which rows of it: pure
    state           how far an epoch is read, as JSON
    row_groups reader       row groups, from wherever they are, as batches
    batches blocks          rows with their texts, and in another order
    run             one run through what is left of an epoch
    place           which rank and worker this is
    token_stream    a stream; torch_stream makes it a torch dataset
    stream          `tagpress.stream`
"""
