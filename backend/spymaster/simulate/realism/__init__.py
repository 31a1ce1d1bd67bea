"""How real a simulated session is."""
