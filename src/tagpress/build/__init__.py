"""
How does a declared corpus become a build? In three moves: survey, settle, press.

Goes in: a `Declaration`. Comes out: a `Report` (`check_corpus`), or a finished directory with its manifest (`build_corpus`).
The files stand in the order in which a sentence passes them:

    declaration                     what a script declares, as a value
    moves, exchange, reach          who does the moves: functions that read spills, or an engine that moves rows
    survey, check, spill            1. a piece: bytes -> checked sentences and keys on disk
    repeated, settle                2. a range of keys: which copy stays, which goes and why
    read_all                        the two together: a `Reading`
    account, shard_counts, report   what became of every sentence, and what was found
    empty_splits                    what if a split would have none
    shard, parquet                  3. a shard: rows in order -> one Parquet file
    describe, corpus                manifest and card; the whole build
    workplace                       where it stands until it is finished
    warm, rehearsal                 what workers load and do before there is work
"""

from typing import Final

from tagpress.extras import require_newer

require_newer("a build")

WARM: Final = f"{__name__}.warm"
"""The module that an engine of this machine loads for its workers, by name: whoever names it need not load it."""
