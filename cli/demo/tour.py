"""The tour: what the demo leaves to look at, and five minutes of it in Vietnamese and English."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from cli.demo.driver import Driven
from cli.demo.proofs import Proof
from cli.demo.scenario import APOLOGY, LOST_SLIP, SILENT, SMOOTH, Scenario
from cli.demo.server import typed_command
from domain.facts import (
    DossierAcceptedDetails,
    DossierSubmittedDetails,
    SlipSecretReplacedDetails,
)

KEPT: Final = "kept"
SLIPS_FILE: Final = "slips.json"
INSPECTOR_FILE: Final = "inspector.key"
FINISHING: Final = "dossier.result_issued"


PETITIONS_FILE: Final = "petitions.json"


class PetitionSlip(msgspec.Struct, frozen=True, kw_only=True):
    """What a petitioner keeps: the stream, and the secret that tracks it."""

    story: str
    stream: str
    secret: str


class Slip(msgspec.Struct, frozen=True, kw_only=True):
    """What the slip of one story's dossier says: enough to track it as its holder."""

    story: str
    stream: str
    secret: str
    code: str | None


def slips(scenario: Scenario) -> list[Slip]:
    """Give the slips of all stories."""
    names = {stream: story for story, stream in scenario.stories.items()}
    secrets: dict[str, str] = {}
    codes: dict[str, str | None] = {}
    for step in scenario.steps:
        if isinstance(step.details, DossierSubmittedDetails):
            secrets[step.stream] = step.details.secret
        elif isinstance(step.details, SlipSecretReplacedDetails):
            # Who lost the slip has another one by now.
            secrets[step.stream] = step.details.secret
        elif isinstance(step.details, DossierAcceptedDetails):
            codes[step.stream] = step.details.code
    return [
        Slip(story=story, stream=stream, secret=secrets[stream], code=codes.get(stream))
        for stream, story in names.items()
    ]


def petition_slips(scenario: Scenario) -> list[PetitionSlip]:
    """Give what the petitioners keep."""
    return [
        PetitionSlip(story=each.name, stream=each.stream, secret=each.secret)
        for each in scenario.petitions
    ]


def keep(data: Path, scenario: Scenario, driven: Driven) -> None:
    """Write down what holders keep: slips, receipts and the signed refusal."""
    folder = data / KEPT
    folder.mkdir(mode=0o700)
    names = {stream: story for story, stream in scenario.stories.items()}
    for receipt in driven.receipts:
        name = receipt_name(names[receipt.stream], receipt.version, receipt.kind)
        (folder / name).write_bytes(receipt.receipt)
    for refusal in driven.refusals:
        name = f"{_plain(names[refusal.stream])}-refused"
        (folder / f"{name}.note").write_bytes(refusal.note)
        (folder / f"{name}.refusal").write_bytes(refusal.refusal)
    files = {SLIPS_FILE: slips(scenario), PETITIONS_FILE: petition_slips(scenario)}
    for name, kept in files.items():
        (folder / name).write_bytes(msgspec.json.format(msgspec.json.encode(kept)) + b"\n")


def receipt_name(story: str, version: int, kind: str) -> str:
    """Name the file of a kept receipt."""
    act = kind.partition(".")[2].replace("_", "-")
    return f"{_plain(story)}-{version:02d}-{act}.tlog-proof"


def finishing_receipt(scenario: Scenario, story: str) -> str:
    """Give the file name of the receipt of the act by which a story's dossier was finished."""
    stream = scenario.stories[story]
    kinds = [step.kind for step in scenario.steps if step.stream == stream]
    return receipt_name(story, kinds.index(FINISHING) + 1, FINISHING)


def _plain(story: str) -> str:
    return story.replace(" ", "-")


def proof_lines(proofs: Sequence[Proof]) -> Iterator[str]:
    """Say what was proven, both languages line under line."""
    yield ""
    yield "CHỨNG MINH / PROOFS"
    for proof in proofs:
        mark = "✓" if proof.ok else "✗"
        for number, sentence in enumerate(proof.sentences):
            yield f"  {mark if number == 0 else ' '} {sentence.vi}"
            yield f"    {sentence.en}"


def after_the_end(data: Path) -> tuple[str, ...]:
    """Say how to look at a demo whose server ended with its proofs."""
    return (
        "",
        "Máy chủ đã dừng; muốn xem tiếp / The server has ended; to look at it:",
        f"     dossier-ledger serve --data {data}",
    )


def tour_lines(address: str, data: Path, scenario: Scenario) -> Iterator[str]:
    """Lead through the running demo in five minutes."""
    by_story = {slip.story: slip for slip in slips(scenario)}
    yield ""
    yield "DẠO QUANH 5 PHÚT / A FIVE-MINUTE TOUR"
    yield "  Dữ liệu hoàn toàn là mẫu; mã cơ quan dưới H27 là tự đặt; đồng hồ mô phỏng."
    yield "  All data are invented, and so are office ids below H27; the clock is simulated."
    yield from _pages(address)
    yield from _tracking(address, data, by_story[SMOOTH], by_story[APOLOGY])
    yield from _petitions(address, data, scenario)
    yield from _checking(address, data, scenario, by_story[LOST_SLIP])
    finishing = finishing_receipt(scenario, SILENT)
    yield from _cheating(address, data, by_story[SILENT], finishing)


def _pages(address: str) -> Iterator[str]:
    yield ""
    yield "1. Trang chủ, số liệu, nhật ký công khai / Home, statistics, the public log"
    yield f"     {address}/"
    yield f"     {address}/statistics"
    yield f"     {address}/log"
    yield f"     {address}/v1/statistics/counts        (JSON; ?format=csv)"
    yield f"     {address}/log/checkpoint              (C2SP tlog-tiles)"
    yield f"     {address}/openapi.json"


def _tracking(address: str, data: Path, smooth: Slip, apology: Slip) -> Iterator[str]:
    yield ""
    yield "2. Theo dõi hồ sơ: trang của hồ sơ và mã bí mật trên giấy hẹn"
    yield "   Track a dossier: its page, and the secret that stands on its slip"
    for words, slip in (("đúng hạn / on time", smooth), ("trễ, có xin lỗi / late", apology)):
        yield f"     {address}/dossiers/{slip.stream.partition(':')[2]}"
        yield f"       {slip.code}  {words}"
        yield f"       mã bí mật / secret: {slip.secret}"
    yield f"     mọi giấy hẹn / all slips: {data / KEPT / SLIPS_FILE}"


def _petitions(address: str, data: Path, scenario: Scenario) -> Iterator[str]:
    yield ""
    yield "3. Phản ánh, kiến nghị: trả lời đúng hạn, trễ hạn, và bị phản đối"
    yield "   Petitions: one answered in time, one late, one whose answer was disputed"
    yield f"     {address}/petitions     (dưới mười: không liệt kê / below ten none is listed)"
    yield f"     {address}/v1/statistics/petitions"
    yield f"     {address}/petitions/track"
    for slip in petition_slips(scenario):
        yield f"       {slip.story}: mã bí mật / secret: {slip.secret}"
    yield f"     mọi mã / all of them: {data / KEPT / PETITIONS_FILE}"


def _checking(address: str, data: Path, scenario: Scenario, lost: Slip) -> Iterator[str]:
    receipt = data / KEPT / receipt_name(SMOOTH, 1, "dossier.submitted")
    anchors = str(data / "keys" / "anchors.toml")
    yield ""
    yield "4. Tự kiểm tra, không cần tin máy chủ / Check it yourself, trusting no server"
    yield "     " + typed_command(("verify", str(receipt), "--data", str(data)))
    yield "     " + typed_command(("audit", "--data", str(data)))
    yield "     " + typed_command(("recompute", "--log", f"{address}/log", "--anchors", anchors))
    yield "   Như thanh tra: yêu cầu có chữ ký / As an inspector: a signed request"
    asking = ("--server", address, "--key", str(data / KEPT / INSPECTOR_FILE))
    yield "     " + typed_command(("inspect", "/v1/findings", *asking, "--data", str(data)))
    yield "   Khóa đổi theo quý: dấu vết vẫn theo người / A quarter's new key: the trail follows on"
    trail = f"/v1/trail/{scenario.renewed}"
    yield "     " + typed_command(("inspect", trail, *asking, "--data", str(data)))
    yield "   Xem phần riêng tư: ký trước, chủ hồ sơ thấy / Read private parts: signed first, seen"
    opening = ("read", lost.stream, "dossier.submitted", "--as", "inspector")
    yield "     " + typed_command((*opening, "--why", "'xem thử'", *asking, "--data", str(data)))
    yield "   Ai đã xem hồ sơ: mã bí mật của giấy hẹn đã đổi / Who has read: the slip was replaced"
    reading = ("reads", "list", lost.stream, "--server", address, "--secret", lost.secret)
    yield "     " + typed_command(reading)


def _cheating(address: str, data: Path, late: Slip, finishing: str) -> Iterator[str]:
    folder = ("--data", str(data))
    anchors = str(data / "keys" / "anchors.toml")
    yield ""
    yield "5. Thử gian lận như nút “đặt lại hồ sơ quá hạn”; rồi kiểm tra; rồi khôi phục"
    yield "   Cheat as a “reset overdue dossier” button does; check again; then rebuild"
    yield "     " + typed_command(
        ("demo", "cheat", "reset-overdue", *folder, "--dossier", late.stream)
    )
    yield "     " + typed_command(("recompute", "--log", f"{address}/log", "--anchors", anchors))
    yield "     " + typed_command(("audit", *folder))
    yield "     " + typed_command(("verify", str(data / KEPT / finishing), *folder))
    yield "     " + typed_command(("demo", "cheat", "rebuild", *folder))
    yield ""
