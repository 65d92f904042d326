"""Data folders with ledger, vault and views, as a server leaves them, for commands to open."""

from contextlib import closing

from api.data_folder import DataFolder
from ledger.documents import DocumentFolder
from ledger.key_files import render_anchors, save_private_key
from ledger.storage.sqlite import SqliteLedgerStore
from projections.follower import Follower, PrivateFold
from projections.views import open_views
from tests.support.inspecting.world import PrivateWorld
from tests.support.ledger_builders import ORIGIN, operator_keys
from transparency.tile_store import FileTileStore


def save_keys(folder: DataFolder) -> None:
    """Save the operator's keys that open a folder's private parts."""
    keys = operator_keys()
    folder.keys.mkdir(parents=True)
    (folder.keys / "anchors.toml").write_text(render_anchors(keys.anchors), encoding="ascii")
    for name, secret in (
        ("key-encryption.secret", keys.key_encryption_key),
        ("view.secret", keys.view_secret),
    ):
        (folder.keys / name).write_text(secret.hex(), encoding="ascii")
    save_private_key(folder.keys / "promise.key", keys.promise)


def follow(folder: DataFolder, world: PrivateWorld) -> None:
    """Let the views catch up with the ledger."""
    private = PrivateFold(world.vault.open, operator_keys().view_secret, world.vault.open_many)
    with closing(open_views(folder.views)) as views:
        Follower(ORIGIN, world.store, views, world.documents, private).catch_up()


def world_in(folder: DataFolder) -> PrivateWorld:
    """Give a world whose stores lie in a folder."""
    return PrivateWorld(
        folder.path, store=SqliteLedgerStore(folder.ledger), tiles=FileTileStore(folder.log)
    )


def close(folder: DataFolder, world: PrivateWorld) -> None:
    """Close the stores, and keep the documents beside them."""
    for document in world.documents._documents.values():
        DocumentFolder(folder.documents).store(document)
    for opened in (world.store, world.vault, world.keyring):
        opened.close()
