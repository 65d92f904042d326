"""The rule on what a holder proves themselves by: a key or slip secret that others replaced.

SPEC: formats.md, "Keys": a lost key is replaced by registrar and counter officer together; the
holder is told, and it is flagged. A secret that the applicant's own first key replaced is not.
"""

from collections.abc import Iterator
from typing import Final

from domain.actions import Signer
from domain.errors import Sentence
from domain.keys import have_one_registrar
from domain.roles import Role
from projections.dossier_rows import Act
from projections.findings.cases import PERSONNEL_NUMBERS, case, explained, own
from projections.findings.shapes import (
    Audience,
    DossierRule,
    ExaminedDossier,
    Hit,
    Parameters,
    Severity,
)

KEY: Final = "dossier.applicant_key_replaced"
SECRET: Final = "dossier.slip_secret_replaced"  # noqa: S105 - a kind of act, not a secret
_KEY_REPLACED: Final = Sentence(
    "Khóa của người nộp đã được cán bộ thay.", "Officers replaced the applicant's key."
)
_SECRET_REPLACED: Final = Sentence(
    "Mã bí mật trên giấy hẹn đã được cán bộ thay.", "Officers replaced the secret of the slip."
)
_SECRET_BY_NEW_KEY: Final = Sentence(
    "Mã bí mật trên giấy hẹn đã được thay bằng khóa do cán bộ cấp lại.",
    "The secret of the slip was replaced with a key that officers had put in.",
)
_BY_ONE_PERSON: Final = Sentence(
    "Hai chữ ký thay khóa hoặc mã bí mật là của cùng một người.",
    "Both signatures under the replacement are one person's.",
)
_BY_ONE_REGISTRAR: Final = Sentence(
    "Hai người ký việc thay đều do một cơ quan đăng ký lập khóa, hoặc do người này lập cho người "
    "kia qua trung gian.",
    "Behind both signers of the replacement stands one registrar, who enrolled them or those who "
    "did.",
)


def _replaced(examined: ExaminedDossier, _parameters: Parameters) -> Iterator[Hit]:
    """A key or secret was replaced by officers, who may then read as the holder."""
    brought_by: dict[str, Act] = {}
    for act in examined.acts:
        if act.kind == KEY:
            yield Hit(_KEY_REPLACED, (act,))
            brought_by |= dict.fromkeys(_keys(act, Role.HOLDER), act)
        elif act.kind == SECRET:
            own = _keys(act, Role.APPLICANT)
            if not own:
                yield Hit(_SECRET_REPLACED, (act,))
            yield from (
                Hit(_SECRET_BY_NEW_KEY, (brought_by[key], act)) for key in own if key in brought_by
            )
        if act.kind in (KEY, SECRET) and _is_by_one_person(examined, act):
            yield Hit(_BY_ONE_PERSON, (act,))
        elif act.kind in (KEY, SECRET) and _has_one_registrar(examined, act):
            yield Hit(_BY_ONE_REGISTRAR, (act,))


def _keys(act: Act, role: Role) -> list[str]:
    return [signer.key for signer in act.signers if signer.role is role]


def _is_by_one_person(examined: ExaminedDossier, act: Act) -> bool:
    """Tell whether two officers' signatures are one person's; the holder's are not counted."""
    persons = [examined.person_of(signer.key) for signer in _officers(act)]
    return len(set(persons)) < len(persons)


def _has_one_registrar(examined: ExaminedDossier, act: Act) -> bool:
    """Tell whether one registrar made, directly or through others, both officers who signed.

    Where one registrar enrols a whole commune that is lawful, so it is not refused.
    """
    signers = [(signer.key, signer.role) for signer in _officers(act)]
    return have_one_registrar(signers, examined.around.keys.get)


def _officers(act: Act) -> list[Signer]:
    return [signer for signer in act.signers if signer.role not in (Role.HOLDER, Role.APPLICANT)]


KEY_REPLACED: Final = DossierRule(
    id="key_replaced",
    version=2,
    severity=Severity.HIGH,
    name=Sentence("Thay khóa người nộp", "Applicant's key replaced"),
    looks_for=Sentence(
        "Cán bộ đã thay khóa hoặc mã bí mật của người nộp.",
        "Officers replaced the applicant's key or the secret of the slip.",
    ),
    why=Sentence(
        "Ai giữ khóa mới có thể đọc và ký thay người nộp.",
        "Whoever has the new one may read and sign in the applicant's place.",
    ),
    explanations=(
        explained(
            "Người nộp mất khóa hoặc mất giấy hẹn.", "The applicant had lost the key or the slip."
        ),
        explained(
            "Ở xã nhỏ, một cơ quan đăng ký lập khóa cho tất cả.",
            "In a small commune one registrar enrols everybody.",
        ),
    ),
    exclusions=(
        case(
            "by_own_key",
            "Người nộp tự thay mã bí mật bằng khóa đầu tiên của mình.",
            "The applicant's own first key replaced the secret.",
        ),
    ),
    thresholds=(own("Bất kỳ.", "Any.", "formats.md, Keys"),),
    audience=Audience.INSPECTORS,
    private_inputs=(PERSONNEL_NUMBERS,),
    look=_replaced,
)
