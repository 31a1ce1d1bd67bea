"""The published file: written whole, then flipped to."""
