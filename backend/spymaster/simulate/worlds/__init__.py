"""What is planted in a simulated session, and the truth of it."""
