"""``keys``: make a key, show one, enrol one with its roles."""

import asyncio
from pathlib import Path

import click

from api import bootstrap
from api.data_folder import DataFolder
from api.settings import settings_of_process
from cli.output import UsageProblem, command, report
from cli.sessions import open_session, project
from domain.facts import Grant, KeyRegisteredDetails
from domain.roles import GRANTABLE_ROLES, Role
from ledger.errors import StoreCorrupt
from ledger.key_files import load_private_key, new_actor_key, save_private_key
from transparency.notes import SigningKey, render_vkey

GRANT_PARTS = 2


@click.group()
def keys() -> None:
    """Keys: make one, show one, enrol one."""


@command("new", help="Make a key of a kind (officer, inspector, applicant …) and keep it.")
@click.argument("kind")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Key file; default DATA/keys/<name>.key."
)
def new(kind: str, out: Path | None, data: Path, *, as_json: bool) -> None:
    """Make a key; its name is derived from its public part."""
    if not kind.isascii() or not kind.isalpha() or not kind.islower():
        raise UsageProblem("a kind is a lower-case word, such as officer")
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
    """Print the public key of NAME."""
    key = _find_key(name, data)
    vkey = render_vkey(key.verification_key)
    report({"name": key.name, "vkey": vkey}, as_json=as_json, text=vkey)


@command("enroll", help="Enrol a key: keys enroll officer.key receiver@H27.01 approver@*")
@click.argument("name")
@click.argument("grants", nargs=-1, required=True)
@click.option("--personnel-number", help="Kept in the vault, never published.")
@click.option("--display-name", help="Kept in the vault, never published.")
@click.option("--title", help="Kept in the vault, never published.")
def enroll(  # noqa: PLR0913 - one argument per option
    name: str,
    grants: tuple[str, ...],
    personnel_number: str | None,
    display_name: str | None,
    title: str | None,
    data: Path,
    *,
    as_json: bool,
) -> None:
    """Enrol NAME with GRANTS, each ``role@office`` (``*``: any office)."""
    key = _find_key(name, data)
    wanted = [_parse_grant(text) for text in grants]
    details = KeyRegisteredDetails(
        personnel_number=personnel_number, display_name=display_name, title=title
    )
    entry_index = asyncio.run(_enroll(data, key, wanted, details))
    report({"name": key.name, "entry_index": entry_index}, as_json=as_json)


async def _enroll(
    data: Path, key: SigningKey, grants: list[Grant], details: KeyRegisteredDetails
) -> int | None:
    private = None if details == KeyRegisteredDetails() else details
    async with open_session(data) as session:
        action = session.drafter.register_key(
            session.keys.registrar, key, grants, session.now(), private
        )
        (answer,) = await session.submit(action)
        if session.is_writer:
            await project(session)
    return answer.entry_index


def _parse_grant(text: str) -> Grant:
    parts = text.split("@")
    if len(parts) != GRANT_PARTS or parts[0] not in {role.value for role in GRANTABLE_ROLES}:
        raise UsageProblem(
            f"{text!r} is not role@office; roles: {', '.join(sorted(GRANTABLE_ROLES))}"
        )
    return Grant(Role(parts[0]), parts[1])


def _find_key(name: str, data: Path) -> SigningKey:
    """Read a key by file, or by its name in the data folder's keys (made at first use)."""
    folder = DataFolder(data).keys
    path = Path(name) if Path(name).is_file() else folder / f"{name.removesuffix('.key')}.key"
    if not path.exists() and not folder.exists():
        bootstrap.prepare_data_folder(settings_of_process({"data": data}))
    try:
        return load_private_key(path)
    except (OSError, StoreCorrupt, UnicodeDecodeError) as error:
        raise UsageProblem(f"there is no key {name}: {error}") from error


for _command in (new, show, enroll):
    keys.add_command(_command)
