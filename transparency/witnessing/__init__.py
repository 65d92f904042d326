"""The witness protocol (C2SP tlog-witness): requests, the witness's decision, its answers.

Bytes in, decisions out: who listens, where state lies and whose clock it is, others know.
"""
