"""The command that is a Hub: it serves the embedded one, or reads all that it stores."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tagpress.cli.hubs import hub_root as root_of
from tagpress.cli.options import hub_root_option, json_option
from tagpress.cli.output import answer, print_document, tell
from tagpress.corpus.addresses import HUB_PORT

if TYPE_CHECKING:
    from tagpress.localhub import StorageCheck, Unneeded


@click.command()
@hub_root_option
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=HUB_PORT, show_default=True, help="0 takes a free one.")
@click.option(
    "--allow-host",
    "names",
    multiple=True,
    metavar="NAME",
    help="Another name by which clients call it, such as that of a container; may be repeated.",
)
@click.option("--check", "check_only", is_flag=True, help="Read all that is stored, say what is damaged, and end.")
@click.option(
    "--collect",
    "collecting",
    is_flag=True,
    help="Remove what no commit needs and nobody asked for in a day (blocks of Xet: four weeks), and end.",
)
@json_option
def hub(
    *,
    hub_root: Path | None,
    host: str,
    port: int,
    names: tuple[str, ...],
    check_only: bool,
    collecting: bool,
    as_json: bool,
) -> int:
    """Serve the embedded Hub, and print what its clients must set."""
    from tagpress.localhub import LocalHubAddress, check_storage, collect, serve

    root = root_of(hub_root)
    if check_only and collecting:
        raise click.UsageError("--check changes nothing, and --collect removes files: use one of them")
    if check_only:
        checked = check_storage(root)
        answer(checked, _show_check, as_json=as_json)
        return 0 if checked.ok else 1
    if collecting:
        answer(collect(root), _show_collected, as_json=as_json)
        return 0

    warnings = _exposure(host)

    def announce(address: LocalHubAddress) -> None:
        settings = {"HF_ENDPOINT": address.endpoint, "HF_TOKEN": address.token}
        if as_json:
            document = {"endpoint": address.endpoint, "token": address.token, "root": str(root), "set": settings}
            print_document({**document, "warnings": warnings})
            return
        tell(f"The Hub of {root} listens, in a browser too; its clients set:")
        for name, value in settings.items():
            click.echo(f"export {name}={value}")
        for warning in warnings:
            tell(f"warning: {warning}")

    serve(root, host=host, port=port, names=names, announce=announce)
    return 0


def _exposure(host: str) -> list[str]:
    """Return what it means to listen on an address that other machines can reach."""
    if host in ("127.0.0.1", "localhost", "::1"):
        return []
    meaning = (
        f"on {host} every machine that reaches this one can read all public repositories here; "
        "the token that writes, and private data, travel unencrypted: use it in a network that you trust only"
    )
    return [meaning]


def _show_collected(found: "Unneeded") -> None:
    tell(f"{found.root}: {found}; removed {found.collected}")


def _show_check(checked: "StorageCheck") -> None:
    for problem in checked.problems:
        tell(problem)
    state = "all is as it was stored" if checked.ok else f"{len(checked.problems)} problems"
    tell(f"{checked.root}: {checked.repositories} repositories, {checked.large_files} large files read, {state}")
    if checked.unneeded:
        tell(f"{checked.unneeded}; `tagpress hub --collect` would remove {checked.unneeded.collected}")
