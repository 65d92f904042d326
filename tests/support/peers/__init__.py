"""Made populations for the rules that compare, and a fixture for each of their cases."""
