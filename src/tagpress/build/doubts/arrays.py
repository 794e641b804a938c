"""Arrays that every worker wants, in a file of a store: sent once, not with every task, and mapped, not read."""

import mmap
from collections.abc import Mapping

import pyarrow as pa

from tagpress.columnar.types import Array
from tagpress.store import Store


def save_arrays(store: Store, name: str, arrays: Mapping[str, Array]) -> None:
    """Write arrays by name, as the lists of one row."""
    columns = [pa.ListArray.from_arrays([0, len(one)], pa.array(one)) for one in arrays.values()]
    batch = pa.record_batch(columns, names=[*arrays])
    with (
        store.create(name) as path,
        pa.OSFile(str(path), "wb") as file,
        pa.ipc.new_stream(file, batch.schema) as stream,
    ):
        stream.write_batch(batch)


def load_arrays(store: Store, name: str) -> dict[str, Array]:
    """Map them back; the file may go as soon as they are mapped."""
    with store.fetch(name) as path, path.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    batch = pa.ipc.open_stream(pa.py_buffer(mapped)).read_next_batch()
    return {column: batch[column].values.to_numpy(zero_copy_only=False) for column in batch.schema.names}
