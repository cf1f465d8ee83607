"""Who acts: what every transaction knows of the one behind it."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Actor:
    """One who acts, as ids only. A jobseeker has `record_id`, a professional `structure_id`, the system neither."""

    role: str
    account_id: str = ""
    structure_id: str = ""
    record_id: str = ""
    session: str = ""


SYSTEM = Actor(role="system")
