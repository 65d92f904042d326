"""Parsers of policies, cosignatures and witnesses' messages: their one error on any bytes."""

from contextlib import suppress

from hypothesis import example, given
from hypothesis import strategies as st

from tests.support.transparency_builders import ORIGIN, a_key, a_log
from transparency.checkpoints import Checkpoint
from transparency.cosignatures import (
    MAX_POSIX_SECONDS,
    cosign,
    cosigner_key,
    open_cosignature,
    parse_signature_lines,
    render_signature_lines,
)
from transparency.encoding import MAX_TREE_SIZE
from transparency.errors import (
    MalformedAddCheckpoint,
    MalformedNote,
    MalformedPolicy,
    MalformedWitnessAnswer,
    SignatureInvalid,
    TransparencyError,
)
from transparency.notes import NoteSignature, render_vkey
from transparency.policies import (
    Policy,
    PolicyGroup,
    PolicyLog,
    PolicyWitness,
    check_quorum,
    parse_policy,
    render_policy,
)
from transparency.proofs import prove_consistency
from transparency.tile_store import MemoryTileStore
from transparency.witnessing.answers import (
    SIZE_MEDIA_TYPE,
    HttpAnswer,
    parse_size,
    read_answer,
    render_size,
)
from transparency.witnessing.deciding import check_continues, open_submission
from transparency.witnessing.requests import (
    AddCheckpoint,
    parse_add_checkpoint,
    render_add_checkpoint,
)

LOG = a_log(MemoryTileStore(), 40)
WITNESS = a_key("witness.example/w1", 9)
KEY = cosigner_key(WITNESS)
NOTE = LOG.signed_checkpoint().note
REQUEST = render_add_checkpoint(20, prove_consistency(20, 40, LOG.tree), NOTE)
POLICY = (
    f"log {render_vkey(a_key().verification_key)} https://x.example/\n"
    f"witness W {render_vkey(KEY)}\ngroup G 1 W\nquorum G\n"
).encode()


def _spoiled(data: bytes) -> st.SearchStrategy[bytes]:
    """The right bytes with a piece of them replaced."""
    places = st.integers(0, len(data))
    return st.builds(
        lambda start, length, put: data[:start] + put + data[start + length :],
        places,
        st.integers(0, 60),
        st.binary(max_size=20),
    )


@given(st.binary(max_size=400) | _spoiled(POLICY))
@example(POLICY)
def test_policy_parser_raises_its_one_error_and_reads_its_own(data: bytes) -> None:
    with suppress(MalformedPolicy):
        policy = parse_policy(data)
        assert parse_policy(render_policy(policy)) == policy


@given(st.binary(max_size=400) | _spoiled(REQUEST))
@example(REQUEST)
def test_request_parser_raises_its_one_error_and_reads_its_own(data: bytes) -> None:
    with suppress(MalformedAddCheckpoint):
        request = parse_add_checkpoint(data)
        assert render_add_checkpoint(request.old_size, request.proof, request.note) == data


@given(_spoiled(REQUEST), st.integers(0, 40))
def test_whatever_passes_the_decision_is_the_honest_log(data: bytes, last_size: int) -> None:
    last = LOG.signed_checkpoint(last_size).checkpoint
    with suppress(TransparencyError):
        submission = open_submission(
            parse_add_checkpoint(data), {ORIGIN: (a_key().verification_key,)}
        )
        check_continues(submission, last)
        assert submission.checkpoint == LOG.signed_checkpoint().checkpoint
        assert submission.old_size == last_size


@given(st.integers(0, 40), st.integers(1, 40))
def test_honest_request_passes_from_every_size(old_size: int, tree_size: int) -> None:
    old_size = min(old_size, tree_size)
    proof = prove_consistency(old_size, tree_size, LOG.tree) if old_size else []
    note = LOG.signed_checkpoint(tree_size).note
    request = parse_add_checkpoint(render_add_checkpoint(old_size, proof, note))

    submission = open_submission(request, {ORIGIN: (a_key().verification_key,)})

    check_continues(submission, LOG.signed_checkpoint(old_size).checkpoint if old_size else None)


LINES = render_signature_lines([cosign(b"x\n", WITNESS, 5)])


@given(st.binary(max_size=200) | _spoiled(LINES))
@example(LINES)
def test_signature_line_parser_raises_its_one_error_and_reads_its_own(data: bytes) -> None:
    with suppress(MalformedNote):
        assert render_signature_lines(parse_signature_lines(data)) == data


@given(st.binary(max_size=200), st.integers(0, MAX_POSIX_SECONDS))
def test_cosignature_is_read_as_of_its_moment(text: bytes, posix_seconds: int) -> None:
    line = cosign(text + b"\n", WITNESS, posix_seconds)

    assert open_cosignature(text + b"\n", KEY, line).posix_seconds == posix_seconds


@given(st.binary(max_size=100))
def test_any_bytes_as_a_cosignature_are_refused_with_one_error(signature: bytes) -> None:
    line = NoteSignature(KEY.name, KEY.key_id, signature)
    with suppress(SignatureInvalid):
        open_cosignature(b"x\n", KEY, line)
        raise AssertionError("made-up bytes passed as a cosignature")


@given(st.integers(0, MAX_TREE_SIZE), st.binary(max_size=30))
def test_size_of_a_409_is_read_as_written_and_nothing_else_is(size: int, data: bytes) -> None:
    assert parse_size(render_size(size)) == size
    with suppress(MalformedWitnessAnswer):
        assert render_size(parse_size(data)) == data


@given(
    st.integers(100, 599),
    st.sampled_from([SIZE_MEDIA_TYPE, "text/plain", "", ";"]) | st.text(max_size=20),
    st.binary(max_size=80) | _spoiled(LINES),
)
def test_answer_is_read_or_refused_with_one_error(
    status: int, content_type: str, body: bytes
) -> None:
    request = AddCheckpoint(20, (), Checkpoint(ORIGIN, 40, LOG.tree.root_hash()), NOTE)
    with suppress(MalformedWitnessAnswer):
        read_answer(HttpAnswer(status, content_type, body), request, KEY)


@given(st.data())
def test_quorum_is_the_count_that_a_slow_reader_makes(data: st.DataObject) -> None:
    """Groups of groups, thresholds of every kind, against the definition written out."""
    keys = [a_key(f"w{number}.example", 20 + number) for number in range(5)]
    witnesses = tuple(
        PolicyWitness(f"w{number}", cosigner_key(key)) for number, key in enumerate(keys)
    )
    free = [witness.name for witness in witnesses]
    groups = []
    for number in range(data.draw(st.integers(1, 3))):
        members = tuple(data.draw(st.sets(st.sampled_from(free), min_size=1)))
        threshold = data.draw(st.integers(1, len(members)))
        groups.append(PolicyGroup(f"g{number}", threshold, members))
        free = [name for name in free if name not in members] + [f"g{number}"]
    policy = Policy((PolicyLog(a_key().verification_key),), witnesses, tuple(groups), "g0")
    signed_by = data.draw(st.sets(st.sampled_from(range(5))))
    note = NOTE + b"".join(
        render_signature_lines([cosign(NOTE.partition(b"\n\n")[0] + b"\n", keys[each], 1)])
        for each in signed_by
    )

    def has(name: str) -> bool:
        for group in groups:
            if group.name == name:
                return sum(has(member) for member in group.members) >= group.threshold
        return int(name[1:]) in signed_by

    for group in groups:
        asked = Policy(policy.logs, policy.witnesses, policy.groups, group.name)
        try:
            found = {each.key.name for each in check_quorum(asked, note)}
        except TransparencyError as error:
            assert error.code == "quorum_missing"
            assert not has(group.name)
        else:
            assert found == {f"w{each}.example" for each in signed_by}
            assert has(group.name)
