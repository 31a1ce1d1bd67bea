"""Vendor files become raw partitions of the warehouse, each file whole or not at all."""
