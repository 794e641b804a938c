"""What do the attributes of a builder class make of one configuration? A declaration, checked."""

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tagpress.build.declaration import Declaration
from tagpress.corpus.field_splits import FieldSplits
from tagpress.corpus.former_names import FormerNames
from tagpress.corpus.layers.layer import MAIN
from tagpress.corpus.layers.table import settled_layers
from tagpress.corpus.policies import Policies
from tagpress.corpus.schema import Labels
from tagpress.corpus.splits import Folds, GivenSplits
from tagpress.errors import ScriptError
from tagpress.script.corrections_file import corrected_by
from tagpress.script.declared_licenses import license_patterns
from tagpress.script.forgotten_file import without_forgotten
from tagpress.script.held import TablesOf, read_with


@contextmanager
def naming(builder: Any, config: str) -> Iterator[None]:  # noqa: ANN401 - a class
    """Have what is wrong with a named configuration say which it is."""
    try:
        yield
    except ScriptError as error:
        if not builder.CONFIGS:
            raise
        raise ScriptError(f"configuration {config!r}: {error.message}", error.hint) from error


def declaration_of(own: Any, builder: Any, config: str, tables: TablesOf) -> Declaration:  # noqa: ANN401 - what `vars_of` returns, and a class
    """Return the declaration of a configuration, of which `own` has the attributes."""
    script = Path(inspect.getfile(builder))
    dialect, sources = read_with(own, script, config, tables)
    given = tuple(globs.split for globs in sources if globs.split)
    if given and isinstance(own.SPLITS, Folds):
        raise ScriptError("SOURCES gives the splits and SPLITS makes folds", "give plain SOURCES, or leave SPLITS out")
    hashed = not isinstance(own.SPLITS, FieldSplits)
    splits = GivenSplits(names=given, group=own.SPLITS.group, salt=own.SPLITS.salt) if given and hashed else own.SPLITS
    layers = settled_layers(own.LAYERS)
    entity_types = dict(own.ENTITY_TYPES) or (dict(layers[MAIN].meanings) if MAIN in layers else {})
    Labels(tuple(entity_types))  # which are refused here, before anything else is made of them
    declaration = Declaration(
        name=own.NAME,
        version=str(own.VERSION),
        config=config,
        description=inspect.cleandoc(builder.__doc__ or ""),
        entity_types=entity_types,
        dialect=dialect,
        sources=sources,
        splits=splits,
        script=script,
        card=(script.parent / own.CARD) if own.CARD else None,
        policies=Policies(dict(own.POLICY)),
        max_tokens=own.MAX_TOKENS,
        repo=own.REPO,
        hub=own.HUB,
        source_types=dict(own.SOURCE_TYPES),
        former=FormerNames(renamed=dict(own.RENAMED), merged=dict(own.MERGED)),
        licenses=license_patterns(own.LICENSES),
        text=own.TEXT,
        layers=layers,
    )
    return without_forgotten(corrected_by(declaration, own.CORRECTIONS, tuple(builder.CONFIGS)))
