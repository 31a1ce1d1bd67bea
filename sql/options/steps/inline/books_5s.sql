{#---
doc: >
  The strikes of a bucket that gamma exposure is held in, in one row: what reprices each, and what it
  weighs. Strikes stand in the order of expiries, so that those of a set of expiries come first, and
  sums over a list are the same to the bit. No row where nothing is held.
grain: [bucket_end]
as_of: bucket_end
columns:
  n_0dte:   BIGINT   | strikes | of expiries of the day
  n_5d:     BIGINT   | strikes | of the next five days too
  n_all:    BIGINT   | strikes | of all expiries
  naive:    DOUBLE[] | $/1%    | naive exposure over the density
  net_flow: DOUBLE[] | $/1%    | the same of naive plus flow, null before the first option trade
  strikes:  STRUCT(d1 DOUBLE, per_vol DOUBLE)[] | ratio | of held_strikes_5s
---#}
{% import 'macros/exposure.sql' as exposure %}
with {{ exposure.listed() }}

select
    bucket_end,
    {% for set in exposure.SETS %}
    n_{{ set }},
    {% endfor %}
    naive,
    net_flow,
    strikes
from books
