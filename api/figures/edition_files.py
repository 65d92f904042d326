"""The files of an edition: the bytes that answer their statistics addresses."""

from api.errors import MalformedParameter
from api.figures.addresses import split_address, wanted_format
from api.figures.answering import answer
from api.figures.indexing import INDEX_MEMBERS, answer_unit
from projections.editions.figures import EditionFigures


def answer_file(figures: EditionFigures, address: str) -> bytes | None:
    """Give the body that answers an address; None where it would hold too many figures."""
    statistics = figures.statistics
    if address in INDEX_MEMBERS:
        return answer_unit(figures.record(), statistics.checkpoint(), address, {}).body
    path, members = split_address(address)
    wanted = wanted_format(members)
    try:
        return answer(statistics, path, members, wanted).body
    except MalformedParameter:
        # The addresses of editions are fixed, so there is nothing else to refuse.
        return None
