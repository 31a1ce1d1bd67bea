"""One session as a pure function of files, and who runs it where."""
