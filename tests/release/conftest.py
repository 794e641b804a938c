"""Here the Hub under test is the only one that is spoken of."""

import pytest

from tagpress.localhub import LocalHub


@pytest.fixture
def hub(local: LocalHub) -> LocalHub:
    return local
