"""« Copie de mon dossier »: her whole record as a file for programs and as a paper to read."""

import json

from flask import render_template
from flask.typing import ResponseReturnValue

from pathway.casework.rights.export import whole_record
from pathway.casework.sharing.permissions import Permission
from pathway.kernel.clock import local_day
from pathway.kernel.languages import FRENCH, speaking
from pathway.web.files import attached
from pathway.web.gate import allow, fresh, gate
from pathway.web.jobseeker.copy_paper import paper_of
from pathway.web.printing import printed


@allow(Permission.OWN_RIGHTS)
@fresh
def view() -> ResponseReturnValue:
    """Say what the copy holds, and give it."""
    return render_template("jobseeker/copy.html")


@allow(Permission.OWN_RIGHTS)
@fresh
def json_view() -> ResponseReturnValue:
    """The record for a program, in the format of docs/format-dossier.md."""
    with speaking(FRENCH), gate().reading() as tx:
        document, day = whole_record(tx), tx.today
    content = json.dumps(document, ensure_ascii=False, indent=2).encode()
    return attached(content, name=f"copie-du-dossier-{day.isoformat()}.json", media_type="application/json")


@allow(Permission.OWN_RIGHTS)
@fresh
def pdf_view() -> ResponseReturnValue:
    """The same on paper."""
    with speaking(FRENCH):  # it is handed to French institutions
        with gate().reading() as tx:
            document, now = whole_record(tx), tx.now
        content = printed("record.typ", paper_of(document, made_at=now))
    return attached(content, name=f"copie-du-dossier-{local_day(now).isoformat()}.pdf", media_type="application/pdf")
