"""Trust policies: what tlog-policy allows and refuses, and when enough witnesses have cosigned."""

import pytest

from tests.support.transparency_builders import ORIGIN, a_key, a_log
from transparency.cosignatures import add_signature_lines, cosign, cosigner_key
from transparency.errors import MalformedPolicy, QuorumMissing, SignatureInvalid
from transparency.notes import SigningKey, parse_note, render_vkey
from transparency.policies import (
    MAX_POLICY_BYTES,
    Policy,
    check_group,
    check_quorum,
    parse_policy,
    quorum_seconds,
    render_policy,
)
from transparency.tile_store import MemoryTileStore

NOTE = a_log(MemoryTileStore(), 7).signed_checkpoint().note
TEXT = parse_note(NOTE).text
LOG = render_vkey(a_key().verification_key)


def a_witness(name: str) -> SigningKey:
    return a_key(f"{name}.example", 10 + "ABXYZ".index(name[0]) * 10 + int(name[1:]))


def vkey(name: str) -> str:
    return render_vkey(cosigner_key(a_witness(name)))


def cosigned_by(*names: str) -> bytes:
    return add_signature_lines(NOTE, [cosign(TEXT, a_witness(name), 5) for name in names])


# The example of the specification, with keys.
TWO_LEVELS = f"""\
log {LOG}

witness X1 {vkey("X1")}
witness X2 {vkey("X2")}
witness X3 {vkey("X3")}
group X-witnesses 2 X1 X2 X3

witness Y1 {vkey("Y1")}
witness Y2 {vkey("Y2")}
witness Y3 {vkey("Y3")}
group Y-witnesses any Y1 Y2 Y3

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
"""


def read(text: str) -> Policy:
    return parse_policy(text.encode())


@pytest.mark.parametrize(
    ("names", "enough"),
    [
        ((), False),
        (("X1", "X2"), False),
        (("X1", "Y1", "Y2", "Y3"), False),
        (("X1", "X3", "Y2"), True),
        (("X1", "X2", "X3", "Y1", "Y2", "Y3"), True),
    ],
    ids=["nobody", "no Y", "one X", "two and one", "all"],
)
def test_quorum_of_two_levels_is_met_as_the_specification_s_example_says(
    names: tuple[str, ...], enough: bool
) -> None:
    policy = read(TWO_LEVELS)

    if enough:
        found = check_quorum(policy, cosigned_by(*names))
        assert [each.key.name for each in found] == [a_witness(name).name for name in names]
    else:
        with pytest.raises(QuorumMissing, match="X-and-Y has"):
            check_quorum(policy, cosigned_by(*names) if names else NOTE)


def test_policy_is_written_and_read_as_the_same() -> None:
    text = TWO_LEVELS.replace(f"log {LOG}", f"log {LOG} https://log.example/")
    policy = read(text.replace(vkey("X1"), f"{vkey('X1')} https://x1.example/"))

    assert parse_policy(render_policy(policy)) == policy
    assert policy.logs[0].url == "https://log.example/"
    assert policy.witnesses[0].url == "https://x1.example/"
    assert policy.log_keys(ORIGIN) == (a_key().verification_key,)
    assert policy.log_keys("another.example") == ()
    assert policy.has_group("X-witnesses")
    assert not policy.has_group("X1")


def test_single_witness_is_a_quorum_and_no_witness_too() -> None:
    alone = read(f"witness X1 {vkey('X1')}\nquorum X1\n")
    nobody = read("quorum none\n")

    assert len(check_quorum(alone, cosigned_by("X1", "Y1"))) == 1
    assert check_quorum(nobody, NOTE) == ()
    with pytest.raises(QuorumMissing, match="X1 has not cosigned"):
        check_quorum(alone, cosigned_by("Y1"))


def test_wrong_line_of_a_known_witness_refuses_the_note_even_where_others_are_enough() -> None:
    policy = read(f"witness A1 {vkey('A1')}\nwitness B1 {vkey('B1')}\nquorum A1\n")
    note = add_signature_lines(
        NOTE, [cosign(TEXT, a_witness("A1"), 5), cosign(b"other\n", a_witness("B1"), 5)]
    )

    with pytest.raises(SignatureInvalid):
        check_quorum(policy, note)


def test_group_beside_the_quorum_is_asked_for_by_name() -> None:
    policy = read(
        f"witness A1 {vkey('A1')}\nwitness B1 {vkey('B1')}\nwitness B2 {vkey('B2')}\n"
        "group inner any B1 B2\ngroup index-auditors all inner\nquorum A1\n"
    )

    for name in ("index-auditors", "inner", "B2"):
        found = check_group(policy, name, cosigned_by("A1", "B2"))
        assert [each.key.name for each in found] == ["B2.example"]

    for name in ("index-auditors", "no-such-group"):
        with pytest.raises(QuorumMissing):
            check_group(policy, name, cosigned_by("A1"))


@pytest.mark.parametrize(
    "text",
    [
        "\n  \t\n# a comment\n \t# another\nquorum none\n",
        "quorum\tnone \n",
        f"  witness \t X1   {vkey('X1')}\t\nquorum X1\n",
        f"quorum none\nlog {LOG}\nwitness X1 {vkey('X1')}\n",
        f"witness X1 {vkey('X1')}\ngroup g 1 X1\nquorum X1\n",
    ],
    ids=["comments", "tabs", "blanks", "quorum first", "quorum beside a group"],
)
def test_policy_may_be_written_so(text: str) -> None:
    read(text)


A, B = (f"witness {name} {vkey(name)}\n" for name in ("A1", "B1"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing\n",
        "quorum none",
        "quorum none\nquorum none\n",
        "quorum\n",
        "quorum none none\n",
        "quorum A1\n" + A,
        "quorum none\r\n",
        "quorum\u00a0none\n",
        "quorum none # why\n",
        "Quorum none\n",
        "quorum none\n\x7f\n",
        A + A.replace("A1 ", "A2 ", 1) + "quorum none\n",
        A + B.replace("B1 ", "A1 ", 1) + "quorum none\n",
        A.replace("A1 ", "none ", 1) + "quorum none\n",
        f"log {LOG}\nlog {LOG}\nquorum none\n",
        f"log {vkey('A1')}\nquorum none\n",
        f"witness L {LOG}\nquorum none\n",
        "log\nquorum none\n",
        f"log {LOG} one two\nquorum none\n",
        "witness A1\nquorum none\n",
        "witness A1 no-key\nquorum none\n",
        A + "group g all\nquorum none\n",
        A + "group g 0 A1\nquorum none\n",
        A + "group g 2 A1\nquorum none\n",
        A + "group g 01 A1\nquorum none\n",
        A + "group g some A1\nquorum none\n",
        A + "group none all A1\nquorum none\n",
        A + "group A1 all A1\nquorum none\n",
        A + "group g all A1 A1\nquorum none\n",
        A + "group g all A1\ngroup h all A1\nquorum none\n",
        A + "group g all B1\n" + B + "quorum none\n",
        A + "group g all none\nquorum none\n",
        A + "group g all g\nquorum none\n",
    ],
)
def test_policy_may_not_be_written_so(text: str) -> None:
    with pytest.raises(MalformedPolicy):
        read(text)


def test_error_names_the_line() -> None:
    with pytest.raises(MalformedPolicy, match=r"^line 2: "):
        read("# fine\nlog\nquorum none\n")


def test_names_are_kept_byte_by_byte() -> None:
    kelvin = f"witness \u212a {vkey('A1')}\nwitness K {vkey('B1')}\nquorum \u212a\n".encode()
    not_utf_8 = f"witness \u00e9 {vkey('A1')}\nquorum \u00e9\n".encode("latin-1")

    assert parse_policy(kelvin).quorum == "\u212a"
    assert render_policy(parse_policy(not_utf_8)) == not_utf_8


def test_policy_has_a_largest_size_and_bears_thirty_two_of_each() -> None:
    lines = []
    for number in range(32):
        lines.append(f"log {render_vkey(a_key(f'l{number}', 100 + number).verification_key)}")
        witness = cosigner_key(a_key(f"w{number}", 140 + number))
        lines += [f"witness w{number} {render_vkey(witness)}", f"group g{number} all w{number}"]
    text = "\n".join([*lines, "quorum g31\n"])

    padded = text + "#" * (MAX_POLICY_BYTES - len(text) - 1) + "\n"

    assert len(read(padded).groups) == 32
    with pytest.raises(MalformedPolicy, match="at most"):
        read(padded + "\n")


def test_quorum_is_as_old_as_the_last_cosignature_that_it_needs() -> None:
    policy = read(TWO_LEVELS)
    moments = {"X1": 70, "X2": 10, "X3": 20, "Y2": 15, "Y3": 90}
    lines = [cosign(TEXT, a_witness(name), seconds) for name, seconds in moments.items()]

    assert quorum_seconds(policy, add_signature_lines(NOTE, lines)) == 20
    assert quorum_seconds(policy, add_signature_lines(NOTE, lines[:2] + lines[4:])) == 90
    assert quorum_seconds(read(f"log {LOG}\nquorum none\n"), NOTE) is None
    with pytest.raises(QuorumMissing):
        quorum_seconds(policy, add_signature_lines(NOTE, lines[:3]))
