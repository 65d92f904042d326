"""The rules that decisions are made of: who may sign, which facts hold, and how states fold."""
