"""What is wrong with an edition, or with asking for one."""

from datetime import date

from projections.entries import ProjectionError


class EditionDiffers(ProjectionError):
    """An edition that was published is not what the log makes of its day: keep both, and tell."""

    code = "edition_differs"


class NoEdition(ProjectionError):
    """There is no edition of that day: nothing was published on it, or it is not final yet."""

    code = "no_edition"


def not_final(day: date, besides: str = "") -> NoEdition:
    """Say that a later checkpoint may still belong to a day."""
    return NoEdition(
        f"the edition of {day} is not final yet: that takes a published checkpoint that was sealed "
        f"after the day's end{besides}"
    )
