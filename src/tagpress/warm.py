"""
What every worker needs, loaded once by the server that they are forked from.

Loading the package is half of it. The other half is numba, which fills its type registries at the first call of any
compiled function, in each process anew and for 0.4 seconds, whatever is called.
"""

import tagpress.settle
import tagpress.shard
import tagpress.survey  # noqa: F401 - loaded for what they load
from tagpress.read.columns import Columns

Columns().parse(b"token\tO\n")
