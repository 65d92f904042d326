"""Refusals of persons: of one who signs alone where two must, and of one who may not read."""

from domain.errors import ActionRefused, Sentence


class SignerRepeated(ActionRefused):
    """One key signs twice."""

    code = "signer_repeated"
    rule = Sentence("Một khóa chỉ được ký một lần.", "One key may sign an action only once.")
    remedy = Sentence("Hãy bỏ chữ ký trùng.", "Leave out the repeated signer.")


class PersonRepeated(ActionRefused):
    """One person signs with two keys where two persons are asked for."""

    code = "person_repeated"
    rule = Sentence(
        "Việc này phải do hai người khác nhau cùng ký.",
        "Two different persons must sign this together.",
    )
    remedy = Sentence("Hãy ký cùng một người khác.", "Sign together with somebody else.")


class SignersNotIndependent(ActionRefused):
    """One of two officers who must sign together made the other: enrolled, or gave the role."""

    code = "signers_not_independent"
    rule = Sentence(
        "Việc này cần hai người độc lập: không ai được đăng ký khóa hay cấp vai trò cho người kia.",
        "Two independent persons must sign: neither may have enrolled the other, or given the "
        "role; and the key must be its holder's own.",
    )
    remedy = Sentence(
        "Hãy ký cùng một người mà người này không đăng ký, ví dụ cơ quan đăng ký khác.",
        "Sign with somebody whom the other did not enrol: another registrar, say.",
    )


class PersonnelNumberMissing(ActionRefused):
    """An officer's key is enrolled without the number by which its person is known."""

    code = "personnel_number_missing"
    rule = Sentence(
        "Khóa của cán bộ phải được đăng ký kèm số hiệu công chức, giữ trong phần riêng tư.",
        "An officer's key is enrolled with the personnel number, which stays in the private part.",
    )
    remedy = Sentence(
        "Hãy đăng ký khóa cùng số hiệu (keys enroll --personnel-number).",
        "Enrol the key with the number (keys enroll --personnel-number).",
    )


class OrderNotInForce(ActionRefused):
    """The inspection order was never issued, has ended, or is not for this reader and dossier."""

    code = "order_not_in_force"
    rule = Sentence(
        "Không có quyết định thanh tra còn hiệu lực cho người này đối với hồ sơ này.",
        "No inspection order in force lets this reader read this dossier.",
    )
    remedy = Sentence(
        "Một người khác phải ban hành quyết định (orders issue).",
        "Somebody else must issue the order (orders issue).",
    )


class NotAsked(ActionRefused):
    """A finding asks somebody else: another person, or another office."""

    code = "not_asked"
    rule = Sentence(
        "Chỉ người được hỏi, hoặc người đứng đầu cơ quan được hỏi, mới được giải trình.",
        "Only whoever is asked, or the head of the office that is asked, may answer.",
    )
    remedy = Sentence(
        "Hãy ký bằng khóa của người được hỏi hoặc của người đứng đầu cơ quan đó.",
        "Sign with a key of the person who is asked, or of that office's head.",
    )
