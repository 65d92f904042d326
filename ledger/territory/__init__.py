"""Offices and territory as published elsewhere, on their way into the registry."""
