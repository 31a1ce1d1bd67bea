{#---
doc: >
  Where the window ends in the order of the file, one row. What steps back over its end falls behind
  it, as within the window a record falls where the latest before it fell.
grain: [end_seq]
as_of: window end
constants:  # compared with a constant rows keep the order of their files, which a join gives up
  contract: select instrument_id from market.fronts
columns:
  end_seq: BIGINT | order | of the contract's first record received at the window's end or later, the highest where there is none
---#}
{% import 'macros/book.sql' as book with context %}
select coalesce(min({{ book.seq('mbo') }}), 9223372036854775807) as end_seq
from staging.mbo
where mbo.instrument_id = getvariable('contract') and mbo.ts_recv >= {{ window_end_ns }}
