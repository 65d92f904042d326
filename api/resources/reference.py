"""What the interface says about itself: its OpenAPI document and the meaning of its error codes."""

from functools import cached_property

from falcon.asgi import Request, Response

from api.bodies import ProblemExplained, encode
from api.errors import NothingHere
from api.openapi import openapi_document
from api.problems import PROBLEMS_BY_CODE


class OpenApiResource:
    """``/openapi.json``."""

    async def on_get(self, _request: Request, response: Response) -> None:
        """Give the OpenAPI document."""
        response.data = self._document
        response.set_header("Access-Control-Allow-Origin", "*")

    @cached_property
    def _document(self) -> bytes:
        return encode(openapi_document())


class ProblemsResource:
    """``/problems/{code}``: the address that stands as ``type`` in every problem document."""

    async def on_get(self, _request: Request, response: Response, *, code: str) -> None:
        """Explain one code, in both languages."""
        row = PROBLEMS_BY_CODE.get(code)
        if row is None:
            raise NothingHere
        response.data = encode(
            ProblemExplained(
                code=code,
                status=row.status.value,
                title={"vi": row.title.vi, "en": row.title.en},
                remedy={"vi": row.remedy.vi, "en": row.remedy.en},
            )
        )
