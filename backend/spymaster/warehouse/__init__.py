"""The warehouse folder: where files lie, who may write, what has landed and been built.

The only package that opens a DuckDB connection.
"""
