"""What can keep a figure from being analysed."""

from projections.entries import ProjectionError


class EngineNotInstalled(ProjectionError):
    """The engine, or the library that speaks to it, is not installed here, or does not start."""

    code = "engine_not_installed"


class ExportUnusable(ProjectionError):
    """The folder holds no Parquet export of the datasets needed, or files of two exports."""

    code = "export_unusable"
