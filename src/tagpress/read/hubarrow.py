"""
The dialect of a dataset that `save_to_disk` of `datasets` wrote: Arrow files with a list of tokens and a list of label ids.

As for `HubParquet`, the label names come from each file's schema, and a row stands for a line.
"""

from dataclasses import dataclass

import pyarrow as pa

from tagpress.errors import SourceError
from tagpress.read.account import LineAccount
from tagpress.read.hubparquet import HubParquet, Opened

_FILE = b"ARROW1"


@dataclass(frozen=True, slots=True, kw_only=True)
class HubArrow(HubParquet):
    """
    Arrow files, as a stream or with a footer (Feather); their columns are those of `HubParquet`.

    Raises UsageError for a value that makes no sense.
    """

    def opened(self, data: bytes) -> Opened:
        """
        Return a file that is read column by column.

        Raises SourceError for a file that is no Arrow.
        """
        try:
            table = read_arrow(data)
        except (pa.ArrowException, OSError) as error:
            raise SourceError(f"this is no Arrow file that can be read: {error}", "save it again") from error
        return Opened(
            schema=table.schema,
            rows=len(table),
            select=table.select,
            account=lambda used: _bytes(table, used, len(data)),
        )


def read_arrow(data: bytes) -> pa.Table:
    """Return the table of an Arrow file, whichever of its two forms it has."""
    buffer = pa.BufferReader(data)
    return (pa.ipc.open_file if data.startswith(_FILE) else pa.ipc.open_stream)(buffer).read_all()


def _bytes(table: pa.Table, used: set[str], size: int) -> LineAccount:
    """Return what the bytes of a file are; where they are compressed, columns share them as they would without."""
    sizes = {True: 0, False: 0}
    for name, column in zip(table.column_names, table.columns, strict=True):
        sizes[name in used] += column.nbytes
    whole = max(size, sum(sizes.values()))
    records, unread = (sizes[kind] * size // whole for kind in (True, False))
    kinds = {"records": records, "unread": unread, "structure": size - records - unread}
    return LineAccount({kind: (0, count) for kind, count in kinds.items()})
