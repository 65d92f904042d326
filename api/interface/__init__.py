"""Documented requests beside the OpenAPI document's own, and the check of what they are asked."""
