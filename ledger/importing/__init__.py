"""The import of an existing system's log: read it by case, and plan the actions it becomes."""
