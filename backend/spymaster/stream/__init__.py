"""The contract of the screen: what is sent, and how it is sent to everybody alike."""
