"""An invented order book: who sends orders, how prices move."""
