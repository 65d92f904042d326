"""Rules on what is asked and given: papers, money, codes, and the result itself."""
