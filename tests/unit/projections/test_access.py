"""Access streams are found by the first secret alone."""

from projections.access import access_stream


def test_name_of_an_access_stream_is_the_worked_example() -> None:
    assert access_stream("A" * 43 + "=") == (
        "access:cd587cb40c29267134158f4b449c66d5e77e754c900a9ddb52a304776108335e"
    )
