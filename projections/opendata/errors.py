"""What can keep a form of open data from being made."""

from projections.entries import ProjectionError


class FormNotInstalled(ProjectionError):
    """Parquet needs a library that is not installed here: the other forms hold the same rows."""

    code = "form_not_installed"
