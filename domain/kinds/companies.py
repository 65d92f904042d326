"""Companies of signers that several kinds share."""

from typing import Final

from domain.roles import Role, any_of, signed_by

IMPORTER: Final = any_of(Role.IMPORTER)
APPLICANT_OR_PROXY: Final = any_of(Role.APPLICANT, Role.PROXY)
RECEIVER_OR_IMPORTER: Final = signed_by(any_of(Role.RECEIVER), IMPORTER)
APPROVER_OR_IMPORTER: Final = signed_by(any_of(Role.APPROVER), IMPORTER)
