"""``casefile``: what an inspector signs and hands on, made and verified."""
