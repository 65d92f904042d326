"""Analyses over all history: one ibis expression per figure, on the Parquet files of an export.

The same expression runs on DuckDB and on Spark and gives the same bytes. It reads no view and no
log: what it computes again from the exported rows must be what the definitions give.
"""
