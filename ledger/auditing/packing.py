"""What an audit remembers, as bytes: it goes on later from them, in the same version.

Pickles, since the states of all streams are many types of values, and reading them back must not
cost what a new audit costs. Read are only our own value types and a few of Python's: bytes that
name anything else are refused before anything of theirs is called. Whoever can change the file
can still change what an audit remembers: it belongs where only the auditor writes.
"""

import io
import pickle
from typing import Any, Final

from domain.actions import Kind
from domain.kinds import KINDS
from ledger.documents import DocumentSource
from ledger.errors import AuditStateRefused

_OUR_ROOMS: Final = ("domain.", "ledger.", "transparency.")
_OTHERS: Final = frozenset(
    {
        ("builtins", "bytearray"),
        ("builtins", "frozenset"),
        ("builtins", "set"),
        ("collections", "Counter"),
        ("collections", "defaultdict"),
        ("datetime", "date"),
        ("datetime", "datetime"),
        ("datetime", "time"),
        ("datetime", "timedelta"),
        ("datetime", "timezone"),
        # Makes a struct of ours from its members by name.
        ("msgspec._utils", "rebuild"),
    }
)
_DOCUMENTS: Final = "documents"


def pack(members: dict[str, Any], documents: DocumentSource | None = None) -> bytes:
    """Write members; the source of documents stays behind, and kinds go by their names."""
    buffer = io.BytesIO()
    _Packer(buffer, documents).dump(members)
    return buffer.getvalue()


def unpack(data: bytes, documents: DocumentSource | None = None) -> dict[str, Any]:
    """Read what `pack` wrote, around a source of documents.

    Raises:
        AuditStateRefused: the bytes are something else.
    """
    try:
        members = _Unpacker(io.BytesIO(data), documents).load()
    except AuditStateRefused:
        raise
    except Exception as error:  # garbled bytes fail in many ways
        raise AuditStateRefused(f"the state file cannot be read: {error}") from error
    if not isinstance(members, dict):
        raise AuditStateRefused("the state file holds something else")
    return members


class _Packer(pickle.Pickler):
    def __init__(self, buffer: io.BytesIO, documents: DocumentSource | None) -> None:
        super().__init__(buffer, protocol=pickle.HIGHEST_PROTOCOL)
        # Asked for these types alone: to ask about each value would take longer than to write it.
        self.dispatch_table = {
            Kind: lambda kind: (kind_named, (kind.name,)),
            type(documents): lambda _: (the_documents, ()),
        }


class _Unpacker(pickle.Unpickler):
    def __init__(self, buffer: io.BytesIO, documents: DocumentSource | None) -> None:
        super().__init__(buffer)
        self._documents = documents

    def find_class(self, module_name: str, global_name: str) -> Any:  # noqa: ANN401 - the library's own signature
        if (module_name, global_name) in _OTHERS:
            return super().find_class(module_name, global_name)
        if module_name == __name__ and global_name == kind_named.__name__:
            return kind_named
        if module_name == __name__ and global_name == the_documents.__name__:
            return lambda: self._documents
        if module_name.startswith(_OUR_ROOMS) and "." not in global_name:
            found = super().find_class(module_name, global_name)
            if isinstance(found, type):
                return found
        raise AuditStateRefused(f"the state file names {module_name}.{global_name}")


def kind_named(name: str) -> Kind:
    """Give the kind of a name: kinds go by their names."""
    return KINDS[name]


def the_documents() -> None:
    """Stand where the source of documents was; whoever reads puts its own in."""
    raise AssertionError
