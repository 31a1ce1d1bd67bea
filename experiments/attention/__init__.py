"""Whether networks that attend to time or cells know more than past setups do: measured."""
