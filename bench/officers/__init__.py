"""How fast officers and inspectors are answered: queues, and leads of findings."""
