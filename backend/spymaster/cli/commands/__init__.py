"""The commands, by what they are for; each parses, makes one call into the package, and prints."""
