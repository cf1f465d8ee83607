"""Every table of the program in one import, for migrations and their check."""

from pathway.casework.accounts import tables as accounts
from pathway.casework.alerts import tables as alerts
from pathway.casework.enrolments import tables as enrolments
from pathway.casework.followup import tables as followup
from pathway.casework.intake import tables as intake
from pathway.casework.partners import tables as partners
from pathway.casework.records import tables as records
from pathway.casework.schemes import tables as schemes
from pathway.casework.sharing import tables as sharing
from pathway.store import tables as store

__all__ = [
    "accounts",
    "alerts",
    "enrolments",
    "followup",
    "intake",
    "partners",
    "records",
    "schemes",
    "sharing",
    "store",
]
