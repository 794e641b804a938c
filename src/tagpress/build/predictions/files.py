"""Which file of predictions is for which configuration?"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tagpress.build.declared import Declared
from tagpress.build.predictions.layers import predicted_layer
from tagpress.errors import UsageError


def named_files(declared: Declared, given: Sequence[str]) -> Path | dict[str, Path] | None:
    """
    Return what is written on a command line: a file, or for each of some configurations one (`CONFIG=FILE`).

    Raises:
        UsageError: there are several files for one configuration, or some with a configuration and some without.

    """
    named: dict[str, Path] = {}
    for one in given:
        config, equals, path = one.partition("=")
        plain = not equals or (config not in declared.configs and Path(one).is_file())
        config, path = ("", one) if plain else (config, path)
        if config in named:
            whose = f"the configuration {config}" if config else "one configuration"
            raise UsageError(f"--predictions has two files for {whose}", "put them into one file")
        named[config] = Path(path)
    if "" in named and len(named) > 1:
        message = f"--predictions has {named['']} without a configuration, and others with one"
        raise UsageError(message, "write CONFIG=FILE for each")
    return named.get("", named or None)


def files_by_config(declared: Declared, given: Path | Mapping[str, Path], layer: str | None) -> dict[str, Path]:
    """
    Return the file of each configuration that has one.

    Raises:
        UsageError: there are several configurations and one file, or there is no such configuration, no such layer with a label for each
            token (the main tags, if none is named), or no such file; all of these are said.

    """
    if isinstance(given, Path):
        if len(declared.configs) > 1:
            known = ", ".join(declared.configs)
            hint = f"write {' '.join(f'--predictions {name}=FILE' for name in declared.configs)}, or choose one with --config"
            raise UsageError(f"{given} is for one configuration, and {declared.name} has {known}", hint)
        given = {next(iter(declared.configs)): given}
    faults = [fault for name, path in given.items() for fault in _faults(declared, name, path, layer)]
    if faults:
        raise UsageError("; ".join(fault.message for fault in faults), faults[0].hint)
    return dict(given)


def _faults(declared: Declared, name: str, path: Path, layer: str | None) -> Iterator[UsageError]:
    try:
        predicted_layer(declared.config(name), layer)
    except UsageError as error:
        yield error
    try:
        path.open("rb").close()
    except OSError as error:
        yield UsageError(f"{path} cannot be read: {error.strerror or error}", "name a file of predictions")
