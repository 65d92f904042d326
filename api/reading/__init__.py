"""Reading rights at work: who asks, what that opens, and which reads are kept."""
