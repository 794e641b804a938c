"""A stream as a torch dataset: the one module that needs torch when it is imported."""

from typing import Any

import pyarrow as pa
import torch
from torch.utils.data import IterableDataset

from tagpress.consume.streaming.token_stream import TokenStream


class TorchTokenStream(TokenStream, IterableDataset[pa.RecordBatch]):
    """A stream that a DataLoader takes, with `batch_size=None`; its workers share the epoch with it."""

    @staticmethod
    def _new_notes(count: int) -> Any:  # noqa: ANN401 - as in TokenStream
        return torch.zeros(count, dtype=torch.int64).share_memory_()  # type: ignore[no-untyped-call]
