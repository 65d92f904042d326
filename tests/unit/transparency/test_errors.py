"""Errors: each concrete class has a code of its own, and evidence stays whole."""

import inspect
import re

from transparency import errors


def test_every_error_has_a_code_of_its_own() -> None:
    classes = [
        value
        for _, value in inspect.getmembers(errors, inspect.isclass)
        if issubclass(value, errors.TransparencyError) and value is not errors.TransparencyError
    ]

    codes = [each.code for each in classes]

    assert len(set(codes)) == len(codes) > 0
    assert all(re.fullmatch(r"[a-z][a-z_]+", code) for code in codes)


def test_misbehaviour_keeps_both_statements_byte_for_byte() -> None:
    error = errors.LogMisbehaviour("two roots of one size", b"first\n", b"second\n")

    assert (error.reason, error.first, error.second) == (
        "two roots of one size",
        b"first\n",
        b"second\n",
    )
    assert str(error) == "two roots of one size"
