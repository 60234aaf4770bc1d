"""What is asked: policies, dates, who is covered, and which assumptions are set aside."""
