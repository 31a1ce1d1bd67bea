"""SQL files as text and facts: what exists, of what it is made, how it is rendered."""
