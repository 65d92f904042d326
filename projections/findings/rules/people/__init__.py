"""Rules on people: who signs what beside whom, who looks, and what an applicant is pressed into."""
