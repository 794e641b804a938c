"""A footer that pyarrow would not survive is refused before it is asked for its columns."""

import io
from collections.abc import Callable

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tagpress.columnar.footers import refuse_fatal

TABLE = pa.table({"id": ["a", "b"], "tokens": [["x"], ["y", "z"]], "ner_tags": [[0], [1, 2]]})


def _file(**options: object) -> bytes:
    out = io.BytesIO()
    pq.write_table(TABLE, out, **options)
    return out.getvalue()


def _metadata(data: bytes) -> pq.FileMetaData:
    return pq.read_metadata(pa.BufferReader(data))


def _with_longer_list(data: bytes, levels: int) -> bytes:
    """Return the file with one count more in its last list of so many counts of levels, which are small numbers."""
    length = int.from_bytes(data[-8:-4], "little")
    body, footer = data[: -8 - length], data[-8 - length : -8]
    places = [i for i in range(1, len(footer)) if footer[i - 1] == 0x19 and footer[i] == levels << 4 | 6]
    place = places[-1]  # a list of so many 64-bit numbers; the sizes are the last field of a column
    longer = footer[:place] + bytes([(levels + 1) << 4 | 6]) + b"\x00" + footer[place + 1 :]
    return body + longer + len(longer).to_bytes(4, "little") + b"PAR1"


@pytest.mark.parametrize("options", [{}, {"row_group_size": 1}, {"write_page_index": True}, {"use_dictionary": False}])
def test_what_pyarrow_writes_is_sound(options: dict[str, object]) -> None:
    data = _file(**options)
    refuse_fatal(_metadata(data), data)


@pytest.mark.parametrize("levels", [2, 4])
def test_statistics_that_do_not_fit_the_levels_are_refused(levels: int) -> None:
    data = _with_longer_list(_file(), levels)
    metadata = _metadata(data)
    with pytest.raises(ValueError, match=r"the statistics of its column [a-z_.]+ do not fit its levels"):
        refuse_fatal(metadata, data)


def test_a_footer_is_never_a_crash() -> None:
    """Each byte of a footer is changed in two ways: what is not refused can be asked for every column."""
    data = _file()
    length = int.from_bytes(data[-8:-4], "little")
    changes: list[Callable[[int], int]] = [lambda byte: byte ^ 1, lambda byte: (byte + 16) % 256]
    for place in range(len(data) - 8 - length, len(data) - 8):
        for change in changes:
            damaged = bytearray(data)
            damaged[place] = change(damaged[place])
            try:
                metadata = _metadata(bytes(damaged))
                refuse_fatal(metadata, bytes(damaged))
            except (pa.ArrowException, ValueError, OSError):
                continue
            for number in range(metadata.num_row_groups):
                group = metadata.row_group(number)
                assert [group.column(i).num_values for i in range(metadata.num_columns)]
