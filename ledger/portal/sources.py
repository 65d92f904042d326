"""Where packets come from: a file, or a simulated portal that says it is one.

The real portal could not be had. Whoever connects it writes one more class with `packets`.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Final, Protocol

from domain.dossiers import Status
from ledger.portal.packets import ONLINE, Packet, PacketStep, parse_packets

SIMULATED_ORIGIN: Final = "simulated-portal"
_FIRST_DAY: Final = date(2026, 3, 2)


class PacketSource(Protocol):
    """A system that hands packets over; `simulated` where nobody's dossiers stand behind them."""

    @property
    def simulated(self) -> bool:
        """Tell whether the packets are invented."""

    def packets(self) -> Iterator[Packet]:
        """Give the packets in the order of their sending.

        Raises:
            MalformedPacket: what was sent is none.
        """


class FilePackets:
    """Packets that somebody laid down in a file."""

    simulated = False

    def __init__(self, path: Path):
        self._path = path

    def packets(self) -> Iterator[Packet]:
        """Give the packets of the file, in its order."""
        return iter(parse_packets(self._path.read_bytes()))


class SimulatedPortal:
    """A portal that is none: invented dossiers of nobody, the same ones at each asking."""

    simulated = True

    def __init__(self, agency: str, procedure: str, office: str, count: int):
        self._agency = agency
        self._procedure = procedure
        self._office = office
        self._count = count

    def packets(self) -> Iterator[Packet]:
        """Give one packet a day, each of a dossier that went its way without a hitch."""
        for number in range(self._count):
            yield self._packet(_FIRST_DAY + timedelta(days=number))

    def _packet(self, day: date) -> Packet:
        at = day.isoformat()
        return Packet(
            code=f"{self._agency}-{day:%y%m%d}-0001",
            procedure=self._procedure,
            channel=ONLINE,
            applicant_name="SIMULATED",
            submitted_at=f"{at}T01:00:00Z",
            accepted_at=f"{at}T02:00:00Z",
            processed_at=f"{at}T08:00:00Z",
            status=Status.PROCESSED,
            unit=self._office,
            steps=(
                PacketStep(officer="SIMULATED", at=f"{at}T02:00:00Z", content="SIMULATED"),
                PacketStep(officer="SIMULATED", at=f"{at}T07:00:00Z", content="SIMULATED"),
            ),
        )
