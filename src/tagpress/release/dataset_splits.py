"""Which splits has a table in memory that no one has cut: those that a column says, or those that are computed?"""

from collections.abc import Callable, Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from tagpress.corpus.field_splits import FieldSplits
from tagpress.corpus.problems import few
from tagpress.corpus.split_names import is_called_split
from tagpress.corpus.splits import HashSplits
from tagpress.errors import UsageError
from tagpress.read.guess.field_splits import may_say_splits, splits_by_value, told_splits, values_said
from tagpress.read.hubarrow import HubArrow
from tagpress.read.hubparquet import label_names
from tagpress.read.in_memory import Tables
from tagpress.read.said_splits import texts_of
from tagpress.read.sources.source import Source
from tagpress.read.spans.dialect import Spans

Rule = HashSplits | FieldSplits


def require_uncut(held: Tables, column: str | None) -> None:
    """
    Stop where a column is to say the splits of tables that are those of splits.

    Raises:
        UsageError: they are.

    """
    if column is not None and held.given:
        message = f"split={column!r} names a column, and the tables are given by split: {few(held.tables)}"
        raise UsageError(message, "leave split= out, or pass all rows as one table")


def split_rule(dialect: HubArrow | Spans, found: Sequence[Source], rule: Rule, steps: Callable[[str], None]) -> Rule:
    """
    Return the splits of tables that a dialect reads: those that its column says, each word by its kind and others as they are.

    Raises:
        UsageError: the column says nothing, or splits are declared by what no column says.

    """
    if dialect.split is None:
        if isinstance(rule, FieldSplits):
            raise UsageError("splits= has the values of a column, and none is named", "name it: split=")
        return rule
    if isinstance(rule, FieldSplits):
        return rule
    said = values_said(dialect, found)
    if not said:
        raise UsageError(
            f"the column {dialect.split} says no split of any row", "leave split= out: splits are computed"
        )
    values = splits_by_value(said) or dict(zip(said, said, strict=True))
    steps(f"splits are those of the column {dialect.split}: {told_splits(values)}")
    return FieldSplits(values, group=rule.group, salt=rule.salt)


def tell_unused(held: Tables, dialect: HubArrow | Spans, steps: Callable[[str], None]) -> None:
    """Tell which columns seem to say splits, where others are computed."""
    if held.given or dialect.split is not None:
        return
    for name, column in _columns(next(iter(held.tables.values())), nested=isinstance(dialect, Spans)):
        said = sorted({*column.unique().to_pylist()} - {""})
        values = splits_by_value(said)
        if values:
            steps(
                f"in doubt: the column {name} says {told_splits(values)}, and other splits are computed; split={name!r} keeps these"
            )
        elif is_called_split(name):
            steps(
                f"in doubt: the column {name} says {few(map(repr, said)) or 'nothing'}, and splits are computed; split={name!r} takes these"
            )


def _columns(table: pa.Table, *, nested: bool) -> Iterator[tuple[str, pa.StringArray]]:
    """Yield what is called as splits are, and holds texts, or labels with names; in objects too, where these can be read."""
    for name in table.column_names:
        kind = table.schema.field(name).type
        if may_say_splits(name) and _are_texts(kind, names := label_names(table.schema, name)):
            yield name, texts_of(table[name], names)
        for inner in kind if nested and pa.types.is_struct(kind) else ():
            if may_say_splits(inner.name) and _are_texts(inner.type, ()):
                yield f"{name}.{inner.name}", texts_of(pc.struct_field(table[name], inner.name), ())


def _are_texts(kind: pa.DataType, names: Sequence[str]) -> bool:
    plain = kind.value_type if pa.types.is_dictionary(kind) else kind
    strings = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
    return any(is_of(plain) for is_of in strings) or bool(names and pa.types.is_integer(plain))
