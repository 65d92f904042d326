"""``keys``: make and show keys; enrol, grant, replace and revoke them; change the root."""

import asyncio
from collections.abc import Callable
from datetime import date
from pathlib import Path

import click

from api import bootstrap
from api.data_folder import DataFolder
from cli.founding import found_keys
from cli.output import Refused, UsageProblem, command, report, say
from cli.sessions import Session, open_session, project, root_vkey
from cli.sources import read_key_file
from domain.facts import (
    Grant,
    KeyRegisteredDetails,
    KeyRevoked,
    RevocationReason,
    RoleEndReason,
    RoleGranted,
    RoleRevoked,
)
from domain.keys import vkey_name
from domain.roles import ENROLLED_ASSURANCES, GRANTABLE_ROLES, Assurance, Role
from ledger.action_notes import SubmittedAction
from ledger.drafting import FIRST_PLACE, Place, next_place
from ledger.key_files import (
    ANCHORS_FILE,
    load_anchors,
    new_actor_key,
    next_root_file,
    save_private_key,
)
from transparency.notes import SigningKey, render_vkey

GRANT_PARTS = 2
# What a key may be called after: a name is public for ever, so it tells what everybody may know.
CITIZENS_KINDS = ("applicant", "petitioner", "proxy")
KINDS = (*CITIZENS_KINDS, "importer", "inspector", "officer", "portal", "registrar", "system")
REGISTRAR = "registrar"
# The ledger's own keys; asking for one may be the first use of a data folder.
FOUNDING_NAMES = ("log", "registrar", "promise", "system")
KEY_REASONS = [reason.value for reason in RevocationReason if reason != RevocationReason.REPLACED]
ROLE_REASONS = [reason.value for reason in RoleEndReason]

Draw = Callable[[Session], list[SubmittedAction]]
DrawRoot = Callable[[Session, SigningKey, Place], SubmittedAction]

_registrar = click.option(
    "--registrar", "registrar_name", help="Key of the registrar who signs; default the root."
)
_from = click.option("--from", "from_on", help="First day of the roles, such as 2026-11-21.")
_until = click.option("--until", "until_on", help="Last day of the roles.")


@click.group()
def keys() -> None:
    """Keys: make one, show one, enrol one, change what it may sign."""


@command("new", help=f"Make a key and keep it. KIND: {', '.join(KINDS)}.")
@click.argument("kind", type=click.Choice(KINDS), metavar="KIND")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Key file; default DATA/keys/<name>.key."
)
def new(kind: str, out: Path | None, data: Path, *, as_json: bool) -> None:
    """Make a key; its name is derived from its public part."""
    key = new_actor_key(kind, bootstrap.random_bytes)
    path = out or DataFolder(data).keys / f"{key.name}.key"
    if path.exists():
        raise UsageProblem(f"{path} exists; a key file is never replaced")
    save_private_key(path, key)
    vkey = render_vkey(key.verification_key)
    report({"name": key.name, "vkey": vkey, "file": str(path)}, as_json=as_json)


@command("show", help="Print the vkey of a key: log, registrar, promise, system, or a file.")
@click.argument("name")
def show(name: str, data: Path, *, as_json: bool) -> None:
    """Print the public key of NAME; of ``registrar`` that of the root in force."""
    is_own = name in FOUNDING_NAMES and not Path(name).is_file()
    if is_own:
        found_keys(data)
    if is_own and name == REGISTRAR:
        _show_root(data, as_json=as_json)
        return
    key = _find_key(name, data)
    vkey = render_vkey(key.verification_key)
    report({"name": key.name, "vkey": vkey}, as_json=as_json, text=vkey)


def _show_root(data: Path, *, as_json: bool) -> None:
    """Print the root in force; the anchors keep the first, from which the log leads to it."""
    folder = DataFolder(data)
    first = load_anchors(folder.keys / ANCHORS_FILE)
    anchor = render_vkey(first.registrar)
    vkey = anchor
    if folder.ledger.exists():
        vkey = root_vkey(bootstrap.existing_reader(folder), first.origin) or anchor
    if vkey != anchor:
        say(f"the root was changed: the anchor is still the first, {first.registrar.name}")
    members = {"name": vkey_name(vkey), "vkey": vkey, "anchor": anchor}
    report(members, as_json=as_json, text=vkey)


@command("enroll", help="Enrol a key: keys enroll officer.key receiver@H27.01 approver@*")
@click.argument("name")
@click.argument("grants", nargs=-1, required=True)
@click.option("--personnel-number", help="Kept in the vault, never published.")
@click.option("--display-name", help="Kept in the vault, never published.")
@click.option("--title", help="Kept in the vault, never published.")
@click.option(
    "--assurance",
    type=click.Choice(sorted(one.value for one in ENROLLED_ASSURANCES)),
    default=Assurance.OWN_KEY.value,
    show_default=True,
    help="What kind of holder the key has; public.",
)
@_registrar
@_from
@_until
def enroll(  # noqa: PLR0913, PLR0917 - one argument per option
    name: str,
    grants: tuple[str, ...],
    personnel_number: str | None,
    display_name: str | None,
    title: str | None,
    assurance: str,
    registrar_name: str | None,
    from_on: str | None,
    until_on: str | None,
    data: Path,
    *,
    as_json: bool,
) -> None:
    """Enrol NAME with GRANTS, each ``role@office`` (``*``: any office)."""
    key = _find_key(name, data)
    wanted = _parse_grants(grants, from_on, until_on)
    details = _details(personnel_number, display_name, title)

    def draw(session: Session) -> list[SubmittedAction]:
        _check_is_new(session, key)
        registrar = _registrar_of(session, registrar_name, data)
        how = Assurance(assurance)
        now = session.now()
        drafter = session.drafter
        return [drafter.register_key(registrar, key, wanted, now, details, assurance=how)]

    (entry_index,) = asyncio.run(_hand_in(data, draw))
    report({"name": key.name, "entry_index": entry_index}, as_json=as_json)


@command("grant", help="Give an enrolled key more roles: keys grant officer-1f0c… clerk@H27.01")
@click.argument("name")
@click.argument("grants", nargs=-1, required=True)
@_registrar
@_from
@_until
def grant(  # noqa: PLR0913 - one argument per option
    name: str,
    grants: tuple[str, ...],
    registrar_name: str | None,
    from_on: str | None,
    until_on: str | None,
    data: Path,
    *,
    as_json: bool,
) -> None:
    """Give the key NAME (a name, or its file) more roles."""
    wanted = RoleGranted(grants=tuple(_parse_grants(grants, from_on, until_on)))
    _change(name, wanted, registrar_name, data, as_json=as_json)


@command("revoke", help="Revoke a key, or only the roles named: keys revoke officer-1f0c…")
@click.argument("name")
@click.argument("grants", nargs=-1)
@click.option("--reason", required=True, type=click.Choice([*KEY_REASONS, *ROLE_REASONS]))
@_registrar
def revoke(
    name: str,
    grants: tuple[str, ...],
    reason: str,
    registrar_name: str | None,
    data: Path,
    *,
    as_json: bool,
) -> None:
    """Revoke the key NAME for good, or take GRANTS from it."""
    if reason not in (ROLE_REASONS if grants else KEY_REASONS):
        raise UsageProblem(
            f"{reason} is no reason here; a key is revoked for {', '.join(KEY_REASONS)}, "
            f"roles for {', '.join(ROLE_REASONS)}"
        )
    facts: KeyRevoked | RoleRevoked
    if grants:
        taken = tuple(_parse_grants(grants, None, None))
        facts = RoleRevoked(grants=taken, reason=RoleEndReason(reason))
    else:
        facts = KeyRevoked(reason=RevocationReason(reason))
    _change(name, facts, registrar_name, data, as_json=as_json)


def _change(
    name: str,
    facts: KeyRevoked | RoleRevoked | RoleGranted,
    registrar_name: str | None,
    data: Path,
    *,
    as_json: bool,
) -> None:
    key_name = _key_name(name)

    def draw(session: Session) -> list[SubmittedAction]:
        registrar = _registrar_of(session, registrar_name, data)
        place = _place(session, f"key:{key_name}")
        return [session.drafter.change_key(registrar, key_name, facts, place, session.now())]

    (entry_index,) = asyncio.run(_hand_in(data, draw))
    report({"name": key_name, "entry_index": entry_index}, as_json=as_json)


@command("replace", help="Replace a key by a new one of the same person, which takes its roles.")
@click.argument("name")
@click.argument("successor")
@click.argument("grants", nargs=-1)
@click.option("--personnel-number", help="Kept in the vault, never published.")
@click.option("--display-name", help="Kept in the vault, never published.")
@click.option("--title", help="Kept in the vault, never published.")
@_registrar
def replace(  # noqa: PLR0913, PLR0917 - one argument per option
    name: str,
    successor: str,
    grants: tuple[str, ...],
    personnel_number: str | None,
    display_name: str | None,
    title: str | None,
    registrar_name: str | None,
    data: Path,
    *,
    as_json: bool,
) -> None:
    """End the key NAME in favour of the key file SUCCESSOR; GRANTS only where they change."""
    key_name, key = _key_name(name), _find_key(successor, data)
    details = _details(personnel_number, display_name, title)
    wanted = _parse_grants(grants, None, None)

    def draw(session: Session) -> list[SubmittedAction]:
        _check_is_new(session, key)
        registrar, now = _registrar_of(session, registrar_name, data), session.now()
        place = _place(session, f"key:{key_name}")
        drafter = session.drafter
        enrolled = drafter.register_key(registrar, key, wanted, now, details, replaces=key_name)
        return [enrolled, drafter.replace_key(registrar, key_name, key, place, now)]

    entry_indexes = asyncio.run(_hand_in(data, draw))
    members = {"name": key.name, "replaces": key_name, "entry_index": entry_indexes[-1]}
    report(members, as_json=as_json)


@command("rotate-root", help="Make a new root of the registrar; the old one signs for it.")
@click.option("--old", help="Key file of the root in force; default the one in DATA/keys.")
def rotate_root(old: str | None, data: Path, *, as_json: bool) -> None:
    """Make a new root, keep it beside the old one, and let both sign."""
    # Before the session, which would found a ledger in an empty folder.
    given = None if old is None else _find_key(old, data)

    def draw(session: Session, new: SigningKey, place: Place) -> SubmittedAction:
        root = session.root() if given is None else given
        return session.drafter.rotate_root(root, new, place, session.now())

    _change_root(draw, data, as_json=as_json)


@command("recover-root", help="Make a new root by recovery keys, after the old one was stolen.")
@click.argument("recovery", nargs=-1, required=True)
def recover_root(recovery: tuple[str, ...], data: Path, *, as_json: bool) -> None:
    """Make a new root, signed by the key files RECOVERY, as many as entry 0 asks for."""
    signers = [_find_key(name, data) for name in recovery]

    def draw(session: Session, new: SigningKey, place: Place) -> SubmittedAction:
        return session.drafter.recover_root(signers, new, place, session.now())

    _change_root(draw, data, as_json=as_json)


def _change_root(draw: DrawRoot, data: Path, *, as_json: bool) -> None:
    new_root = new_actor_key(REGISTRAR, bootstrap.random_bytes)
    entry_index, path = asyncio.run(_hand_root_in(data, draw, new_root))
    members = {"name": new_root.name, "file": str(path), "entry_index": entry_index}
    report(members, as_json=as_json)


async def _hand_root_in(
    data: Path, draw: DrawRoot, new_root: SigningKey
) -> tuple[int | None, Path]:
    async with open_session(data) as session:
        place = next_place(session.reader, f"ledger:{session.keys.origin}")
        action = draw(session, new_root, place)
        # CRASH: kept before it is handed in: a root whose key nobody has could not be mended. A
        # crash before the answer leaves the file: the ledger's stream says whether it is the root.
        path = next_root_file(DataFolder(data).keys)
        save_private_key(path, new_root)
        try:
            (answer,) = await session.submit(action)
        except Refused:
            # Only a refusal is certain: where no answer came, it may be the root by now.
            path.unlink(missing_ok=True)
            raise
        if session.is_writer:
            await project(session)
    return answer.entry_index, path


async def _hand_in(data: Path, draw: Draw) -> list[int | None]:
    async with open_session(data) as session:
        answers = await session.submit(*draw(session))
        if session.is_writer:
            await project(session)
    return [answer.entry_index for answer in answers]


def _check_is_new(session: Session, key: SigningKey) -> None:
    if next_place(session.reader, f"key:{key.name}") != FIRST_PLACE:
        raise Refused(
            f"{key.name} is enrolled already; `keys grant` gives it more roles, and who replaces "
            "a key makes a new one (`keys new`)"
        )


def _registrar_of(session: Session, name: str | None, data: Path) -> SigningKey:
    return session.root() if name is None else _find_key(name, data)


def _place(session: Session, stream: str) -> Place:
    place = next_place(session.reader, stream)
    if place == FIRST_PLACE:
        raise UsageProblem(f"no such key is enrolled: {stream.removeprefix('key:')}")
    return place


def _details(
    personnel_number: str | None, display_name: str | None, title: str | None
) -> KeyRegisteredDetails | None:
    details = KeyRegisteredDetails(
        personnel_number=personnel_number, display_name=display_name, title=title
    )
    return None if details == KeyRegisteredDetails() else details


def _parse_grants(texts: tuple[str, ...], from_on: str | None, until_on: str | None) -> list[Grant]:
    first, last = _day(from_on), _day(until_on)
    return [_parse_grant(text, first, last) for text in texts]


def _parse_grant(text: str, from_on: date | None, until_on: date | None) -> Grant:
    parts = text.split("@")
    if len(parts) != GRANT_PARTS or parts[0] not in {role.value for role in GRANTABLE_ROLES}:
        raise UsageProblem(
            f"{text!r} is not role@office; roles: {', '.join(sorted(GRANTABLE_ROLES))}"
        )
    return Grant(Role(parts[0]), parts[1], from_on, until_on)


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError as error:
        raise UsageProblem(f"{text!r} is no day such as 2026-11-21") from error


def _key_name(name: str) -> str:
    """Give the name of a key that may be named by its file, whoever holds the private part."""
    path = Path(name)
    return _load(path, name).name if path.is_file() else name


def _find_key(name: str, data: Path) -> SigningKey:
    """Read a key by file, or by its name in the data folder's keys."""
    folder = DataFolder(data).keys
    path = Path(name) if Path(name).is_file() else folder / f"{name.removesuffix('.key')}.key"
    return _load(path, name)


def _load(path: Path, name: str) -> SigningKey:
    if not path.exists():
        raise UsageProblem(f"there is no key {name}: no such file, nor {path}")
    return read_key_file(path)


for _command in (new, show, enroll, grant, replace, revoke, rotate_root, recover_root):
    keys.add_command(_command)
