"""Files that leave: always to be kept, never shown by the browser as a page, under a generated name."""

from flask import Response


def attached(content: bytes, *, name: str, media_type: str) -> Response:
    """That file as an answer. `name` is ours: letters, figures, dashes and one dot."""
    answer = Response(content, mimetype=media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
