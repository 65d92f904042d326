"""``findings``: what looks wrong in a data folder."""
