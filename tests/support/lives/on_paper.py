"""Lives of dossiers on paper: hand-over, a supplement, payments, the result at the counter."""

from domain.facts import (
    DossierForwarded,
    FeeAssessed,
    PaymentConfirmed,
    PaymentMethod,
    PaymentRefunded,
    PaymentRequired,
    SupplementRequested,
)
from domain.roles import Role
from tests.support.dossier_cases import OFFICE
from tests.support.paper_ledger import BERLIN_OFFICE, PaperLedger, a_stream


def whole_life(paper: PaperLedger, stream: str, day: str, method: PaymentMethod) -> None:
    """Write a life of one day: a hand-over to the other office, papers and money asked for."""

    def act(
        kind: str, hour: str, role: Role, facts: object = None, office: str = BERLIN_OFFICE
    ) -> None:
        name, key = f"dossier.{kind}", paper.officer
        paper.act(name, stream, f"{day}T{hour}:00Z", role, key, facts=facts, office=office)  # type: ignore[arg-type]

    paper.submit(stream, f"{day}T00:30:00Z")
    act("fee_assessed", "00:40", Role.RECEIVER, FeeAssessed(catalogue_amount_vnd=60_000), OFFICE)
    paper.accept(stream, f"{day}T01:00:00Z")
    act("forwarded", "01:30", Role.RECEIVER, DossierForwarded(to_office=BERLIN_OFFICE), OFFICE)
    act("handover_acknowledged", "02:00", Role.PROCESSOR)
    act("supplement_requested", "03:00", Role.PROCESSOR, SupplementRequested())
    act("supplement_submitted", "05:00", Role.RECEIVER)
    act("supplement_completed", "05:30", Role.RECEIVER)
    act("payment_required", "06:00", Role.PROCESSOR, PaymentRequired(amount_vnd=50_000))
    paid = PaymentConfirmed(amount_vnd=50_000, method=method)
    act("payment_confirmed", "06:10", Role.RECEIVER, paid)
    act("submitted_for_approval", "06:30", Role.PROCESSOR)
    act("result_approved", "07:30", Role.APPROVER)
    act("result_issued", "08:00", Role.CLERK)
    act("payment_refunded", "08:30", Role.FINANCE_AUTHORITY, PaymentRefunded(amount_vnd=5_000))
    act("result_returned", "09:00", Role.RETURNER)


def some_lives(paper: PaperLedger) -> None:
    """Write a registry and a few lives over two months, one of which still owes money."""
    paper.open_registry()
    methods = list(PaymentMethod)
    for number in range(8):
        day = f"2026-0{2 + number % 2}-{10 + number:02d}"
        whole_life(paper, a_stream(number), day, methods[number % len(methods)])
    owing = a_stream(8)
    paper.submit(owing, "2026-03-20T01:00:00Z")
    paper.accept(owing, "2026-03-20T02:00:00Z")
    required = PaymentRequired(amount_vnd=70_000)
    paper.act(
        "dossier.payment_required",
        owing,
        "2026-03-20T03:00:00Z",
        Role.PROCESSOR,
        paper.officer,
        facts=required,
    )
    paper.complain("petition:" + "f" * 32, "2026-03-02T00:30:00Z")
    paper.seal_and_publish("2026-03-31T08:00:00.000Z")
