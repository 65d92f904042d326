"""The demo: a synthetic province driven through the real system, and what that proves."""
