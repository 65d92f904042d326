"""The proof of the veils: what anybody sees of veiled acts, and among how many each one is."""

from collections import Counter
from collections.abc import Iterable, Sequence, Set
from itertools import groupby

from cli.demo.proofs import Evidence, Proof
from cli.sources import LogAddress, open_log
from domain.errors import Sentence
from domain.veils import LEAST_OF_CROWD, Crowd, crowd_of
from ledger.writing.veils import VEIL_TYPE_LINE, parse_veil
from transparency.seals import is_seal

# How many veils there are by month, office and crowd.
Batch = Counter[tuple[str, str, Crowd]]


def prove_veils(evidence: Evidence, expected: Set[Crowd]) -> Proof:
    """Read the log as anybody may, and count the candidates for each act on a veiled dossier."""
    log = open_log(LogAddress(f"{evidence.client.address}/log"), evidence.anchors)
    return judge_veils([*_batches(entry for _, entry in log.replay())], expected)


def judge_veils(batches: Sequence[Batch], expected: Set[Crowd]) -> Proof:
    """Tell whether veils are there of the expected crowds alone, and each is one of ten or more.

    Each of ``batches`` holds the veils between two seals.
    """
    veils = sum(batch.total() for batch in batches)
    fewest = min((count for batch in batches for count in batch.values()), default=0)
    crowds = {crowd for batch in batches for _, _, crowd in batch}
    said = Sentence(
        vi=f"{veils} hành vi của hồ sơ được che nằm sau màn che; mỗi hành vi lẫn trong ít nhất "
        f"{fewest} hành vi cùng nhóm, cùng tháng",
        en=f"{veils} acts on veiled dossiers stand behind veils; each is one of at least {fewest} "
        "of its crowd and month",
    )
    if not expected:
        said = Sentence(
            vi=f"Chưa nhóm nào đủ {LEAST_OF_CROWD} hồ sơ được che: {veils} hành vi được công bố",
            en=f"No crowd has {LEAST_OF_CROWD} veiled dossiers yet: {veils} of their acts are out",
        )
    ok = crowds == expected and (not crowds or fewest >= LEAST_OF_CROWD)
    members = {"veils": veils, "fewest": fewest, "crowds": sorted(crowds)}
    return Proof("veils", ok=ok, sentences=(said,), members=members)


def _batches(entries: Iterable[bytes]) -> Iterable[Batch]:
    """Count the veils between two seals by month, office and crowd."""
    for sealed, group in groupby(entries, key=is_seal):
        veils = [parse_veil(entry) for entry in group if entry.startswith(VEIL_TYPE_LINE)]
        if veils and not sealed:
            yield Counter((veil.month, veil.office, crowd_of(veil.act)) for veil in veils)
