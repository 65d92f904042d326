"""What a long fold needs: notes read fast, and no collector that walks all it remembers."""
