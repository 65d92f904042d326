"""The page of public alarms."""
