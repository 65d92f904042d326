"""Documented requests that would be too many for the one file of the OpenAPI document."""
