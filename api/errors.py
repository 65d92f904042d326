"""What can be wrong with an HTTP request before any room below has seen it.

Framework errors are turned into these, so that the public sees one shape and one list of codes.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar, Final

# No answer can say it any more: it stands in the log line about a listener that was cut off.
LISTENER_TOO_SLOW: Final = "listener_too_slow"
_NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})


class ApiError(Exception):
    """A request that is refused at the door; ``headers`` go with the answer."""

    code: ClassVar[str]

    def __init__(self, detail: str = "", headers: Mapping[str, str] = _NO_HEADERS):
        super().__init__(detail)
        self.headers = headers


class NothingHere(ApiError):
    """No resource has this address."""

    code = "not_found"


class MethodNotAllowed(ApiError):
    """The resource exists and does not know the method."""

    code = "method_not_allowed"


class MalformedRequest(ApiError):
    """The request line or a header cannot be understood."""

    code = "malformed_request"


class MalformedParameter(ApiError):
    """A query parameter has a value that it cannot have."""

    code = "malformed_parameter"


class UnknownParameter(ApiError):
    """The query has a member that the address does not take."""

    code = "unknown_parameter"


class MalformedBody(ApiError):
    """The body is not JSON of the documented shape."""

    code = "malformed_body"


class LengthRequired(ApiError):
    """The body came without its length, so a cut upload could not be told from a whole one."""

    code = "length_required"


class TruncatedUpload(ApiError):
    """The body ended before the length that was announced."""

    code = "truncated_upload"


class BodyTooSlow(ApiError):
    """The body was not complete in the time that is given; the connection is closed."""

    code = "body_too_slow"


class BodyTooLarge(ApiError):
    """The body, or the number of its lines, is over the limit."""

    code = "body_too_large"


class UnsupportedMediaType(ApiError):
    """The body is of another type than the resource reads."""

    code = "unsupported_media_type"


class RequestNotSigned(ApiError):
    """The resource is open to signed requests only."""

    code = "request_not_signed"


class RequestSignatureInvalid(ApiError):
    """The request's signature is wrong, too old, or covers too little."""

    code = "request_signature_invalid"


class RequestReplayed(ApiError):
    """A request with this nonce was answered before."""

    code = "request_replayed"


class NotAnInspector(ApiError):
    """The key that signed the request does not hold the inspector's role now."""

    code = "not_an_inspector"


class UnknownSigner(ApiError):
    """No key of that name is enrolled, and nothing was ever signed under it."""

    code = "unknown_signer"


class NotAReceiver(ApiError):
    """The key that signed the request does not hold the receiver's role for this office now."""

    code = "not_a_receiver"


class ReadingNotPermitted(ApiError):
    """Whoever signed the request has no task on that dossier, or is not over that officer."""

    code = "reading_not_permitted"


class QueueCursorEnded(ApiError):
    """The list that a cursor leads through is not kept any more; the first page begins anew."""

    code = "queue_cursor_ended"


class SlipReplaced(ApiError):
    """The secret is of a slip that was replaced: it opens the list of reads until then alone."""

    code = "slip_replaced"


class InspectionOrderNeeded(ApiError):
    """Names open to inspectors only under a numbered order whose last day has not passed."""

    code = "inspection_order_needed"


class AccessEntryUnfit(ApiError):
    """The signed access entry is not one for this dossier and this moment; nothing was opened."""

    code = "access_entry_unfit"


class TooManyRequests(ApiError):
    """One client asked for dossiers too often; the header says when to ask again."""

    code = "too_many_requests"


class TooManyListeners(ApiError):
    """As many listen to the feed as one worker bears; the header says when to ask again."""

    code = "too_many_listeners"


class InternalError(ApiError):
    """The program failed; the incident number leads to the log line."""

    code = "internal_error"


class ServiceStarting(ApiError):
    """What the answer needs is not there yet, or has stopped."""

    code = "not_ready"
