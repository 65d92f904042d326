"""What is known of people by their keys: who is one person, and what that person did."""
