"""Where sessions are built: processes beside this one, or a Ray cluster."""
