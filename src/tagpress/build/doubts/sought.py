"""What is looked for in every piece, once it is known what is in doubt."""

from dataclasses import dataclass

from tagpress.build.doubts.arrays import load_arrays, save_arrays
from tagpress.build.doubts.asked import AskedReadings
from tagpress.build.doubts.judge import Doubts
from tagpress.columnar.types import Array, Ints
from tagpress.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """
    What to look for: `doubts`, and the readings that are `asked` for.

    `least` is by kind the score that a place must have, `lowest`, one number, that which it must have to be counted; `named` are the names whose text is wanted besides.
    """

    doubts: Doubts
    asked: AskedReadings
    least: Array
    lowest: Array
    named: Ints

    def save(self, store: Store, name: str) -> None:
        """Write it."""
        doubts = {f"doubts.{part}": getattr(self.doubts, part) for part in Doubts.__slots__}
        asked = {f"asked.{part}": getattr(self.asked, part) for part in AskedReadings.__slots__}
        save_arrays(store, name, {**doubts, **asked, "least": self.least, "lowest": self.lowest, "named": self.named})

    @classmethod
    def load(cls, store: Store, name: str) -> "Sought":
        """Read it."""
        found = load_arrays(store, name)
        return cls(
            doubts=Doubts(**{part: found[f"doubts.{part}"] for part in Doubts.__slots__}),
            asked=AskedReadings(**{part: found[f"asked.{part}"] for part in AskedReadings.__slots__}),
            least=found["least"],
            lowest=found["lowest"],
            named=found["named"],
        )
