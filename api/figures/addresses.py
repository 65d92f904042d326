"""Statistics addresses as text: split into path and query members as the server splits them."""

from typing import Final
from urllib.parse import parse_qsl, urlsplit

from api.errors import MalformedParameter
from api.figures.asking import MEMBERS, Members
from api.figures.indexing import INDEX_MEMBERS
from api.negotiation import Format, preferred_format


def split_address(address: str) -> tuple[str, Members]:
    """Split an address into its path and its query members; a site before the path is left out.

    Raises:
        MalformedParameter: no statistics stand there, or a query member is not known there or
            is repeated.
    """
    split = urlsplit(address)
    known = _KNOWN.get(split.path)
    if known is None:
        raise MalformedParameter(f"no statistics stand at {split.path}; there are {_paths()}")
    members: dict[str, str] = {}
    for name, text in parse_qsl(split.query):
        if name not in known or name in members:
            raise MalformedParameter(f"{name} is not known at {split.path}, or stands there twice")
        members[name] = text
    return split.path, members


def wanted_format(members: Members) -> Format:
    """Give the format that an address names, or JSON.

    Raises:
        MalformedParameter: it names another.
    """
    wanted = preferred_format(members.get("format"), None)
    if wanted is None:
        raise MalformedParameter("format is json or csv")
    return wanted


def _paths() -> str:
    return ", ".join(_KNOWN)


# Those that `api.figures.answering` answers, and those of one unit (`api.figures.indexing`).
_KNOWN: Final = {**MEMBERS, **INDEX_MEMBERS}
