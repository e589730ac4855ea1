"""How a model leaves as JSON."""

from __future__ import annotations

from pydantic import BaseModel
from starlette.responses import Response

from app.web.view import PRIVATE


def answer(model: BaseModel, status: int = 200) -> Response:
    """A model as JSON; readings that are kept get their public headers at the edge."""
    return Response(model.model_dump_json(), status_code=status, media_type="application/json", headers=PRIVATE)
