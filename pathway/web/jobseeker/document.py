"""A paper she signed, as it was kept."""

from flask import Response
from flask.typing import ResponseReturnValue

from pathway.casework.documents.queries import document_opened
from pathway.casework.sharing.permissions import Permission
from pathway.web.files import attached
from pathway.web.gate import allow, gate


@allow(Permission.OWN_PATHWAY_READ)
def view(ref: str) -> ResponseReturnValue:
    """The file, to keep; `NotFound` unless it is hers."""
    with gate().reading() as tx:
        found = document_opened(tx, record_id=tx.actor.record_id, document_id=ref)
    answer: Response = attached(found.content, name=found.name, media_type=found.media_type.value)
    return answer
