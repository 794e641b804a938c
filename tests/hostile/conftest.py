"""What a Hub would honestly serve."""

import pytest

from made_corpora import declare, words, write_document
from tagpress.build.corpus import build_corpus


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """An honest release."""
    folder = tmp_path_factory.mktemp("honest")
    write_document(folder / "one.txt", [words("Rust", "is", f"w{number}") for number in range(400)])
    build_corpus(declare(folder), folder / "build", workers=1)
    build = folder / "build"
    return {str(path.relative_to(build)): path.read_bytes() for path in sorted(build.rglob("*")) if path.is_file()}
