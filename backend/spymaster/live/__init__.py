"""Databento's live service: captured to files, and its newest buckets built from them."""
