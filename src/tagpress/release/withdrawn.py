"""What does a commit say of versions that were withdrawn, and is that all that its card says besides its release?"""

from tagpress.card import with_withdrawals
from tagpress.corpus.manifest import CARD_NAME
from tagpress.corpus.records import FileRecord
from tagpress.corpus.withdrawals import WITHDRAWN_NAME, Withdrawals, refuse_long
from tagpress.release.locate import base_release
from tagpress.release.state import RepoState


def withdrawals_of(remote: RepoState) -> Withdrawals:
    """
    Return which versions a commit says were withdrawn.

    Raises:
        VerifyError: its file cannot be read.

    """
    found = remote.files.get(WITHDRAWN_NAME)
    if found is None:
        return Withdrawals()
    where = f"{WITHDRAWN_NAME} of {remote.repository.repo} at {remote.sha}"
    refuse_long(found.size, where)
    return Withdrawals.from_bytes(remote.read(WITHDRAWN_NAME), where=where)


def only_withdrawn(record: FileRecord, remote: RepoState) -> bool:
    """Return whether a file is the card of its release, changed only by what was withdrawn since."""
    if record.path != CARD_NAME or CARD_NAME not in remote.files or not remote.differs(record):
        return False
    released = base_release(remote)
    if released is None or released.sha == remote.sha or released.differs(record):
        return False
    return with_withdrawals(released.read(CARD_NAME), withdrawals_of(remote)) == remote.read(CARD_NAME)
