"""Similar setups of the past and what they say, in plain Python, one loop after another.

A second derivation of ``analogs.*``. Where the contract leaves a choice:

- Values of a vector are the 32-bit floats that were kept; all that follows is in doubles.
- A number that is cut off at 5 spreads tells of the way in whole 2^-20 of a spread.
- The standard deviation that stands in for a spread of 0 is that of a sample.
- The kernel reaches to the farthest of the neighbours, whether or not its outcome is known.
- Lambda is what leaves the least surprise to the reference alone, over every earlier setup of which
  the outcome is known; then alpha, over those that had neighbours. At a tie what claims less.
- A loss counts odds of at least a millionth, and is added up in whole 2^-40 nats.
- An interval is Wilson's, of so many looks that at four of five odds that today's weights would
  have given it would have held the line of outcomes over odds; odds count there that had half of
  today's sessions behind them. The line is fitted to odds in whole 2^-30; its slope is 1, but for
  how far it is from that beyond its error: of the square of that distance, what is not the error's.
"""
