"""One message outside, distinct reasons inside: an attacker learns nothing, whoever reads the log does."""

from pathway.kernel.errors import Sealed


def breach(reason: str) -> Sealed:
    """The one refusal of the vault, carrying its internal reason as a note; the reason holds no secret and no name."""
    refusal = Sealed()
    refusal.add_note(reason)
    return refusal
