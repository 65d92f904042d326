"""What becomes of a finding: raised, answered, judged; and how often each rule was right."""
