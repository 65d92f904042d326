"""What carries out erasures, over the stores of one data folder."""
