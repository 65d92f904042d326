"""Rows of the table of problems about offices, dossier codes and the portal's packets."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from api import errors as api_errors
from api.problem_rows.shapes import ProblemType, malformed, row
from domain import errors as domain_errors
from domain.errors import Sentence
from ledger import errors as ledger_errors

OFFICE_PROBLEMS: Final[Mapping[type[Exception], ProblemType]] = {
    domain_errors.MalformedDossierCode: malformed(
        "Mã số hồ sơ không đúng dạng.",
        "This is no dossier code of a known format.",
        Sentence(
            "Hãy chép đúng mã số ghi trên giấy tiếp nhận.", "Copy the code as the slip shows it."
        ),
    ),
    ledger_errors.MalformedPacket: malformed(
        "Gói tin đồng bộ không đúng dạng.",
        "This is no synchronisation packet of the documented form.",
    ),
    ledger_errors.CodesExhausted: row(
        HTTPStatus.CONFLICT,
        "Cơ quan đã dùng hết số thứ tự của mã hồ sơ trong ngày.",
        "The office has used up its running numbers of this day.",
        Sentence("Hãy báo đơn vị vận hành.", "Please tell the operator."),
    ),
    api_errors.NotAReceiver: row(
        HTTPStatus.FORBIDDEN,
        "Chỉ cán bộ tiếp nhận của cơ quan này mới được cấp mã số hồ sơ.",
        "Only a receiver of this office may be given dossier codes.",
        Sentence(
            "Hãy ký yêu cầu bằng khóa của cán bộ tiếp nhận.",
            "Sign the request with the key of a receiver of this office.",
        ),
    ),
}
