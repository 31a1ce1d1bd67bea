"""Order-book and dealer physics around key price levels, in an embedded DuckDB warehouse."""
