"""
What every worker needs, loaded once by the server that they are forked from.

Loading the package is half of it. The other half is numba, which fills its type registries at the first call of any
compiled function, in each process anew and for 0.4 seconds, whatever is called.
"""

import gc


def warm() -> None:
    """Load the work of a build, and call one compiled loop."""
    gc.disable()  # what loads makes many objects and no garbage, and the search for it is an eighth of the time
    from tagpress.build import settle, shard, survey  # noqa: F401, PLC0415 - see above
    from tagpress.read.columns import Columns  # noqa: PLC0415

    Columns().parse(b"token\tO\n")
    gc.freeze()  # nor will it ever be garbage, and a page that is not looked at stays shared with every worker
    gc.enable()


warm()
