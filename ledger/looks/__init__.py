"""Looks of inspectors: what stands for one in the tree that entries commit to."""
