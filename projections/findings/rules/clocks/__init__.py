"""Rules on time: limits that passed, clocks that stopped, dates that moved or were dated back."""
