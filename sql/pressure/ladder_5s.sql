{#---
doc: >
  The book around a level as a ladder of eleven steps, each as wide as a band and step 0 the level
  itself: which share of the ladder's depth rests there on each side, whether it is pulled or added,
  how hard it trades, which way it leaned over the last minute, what options traded at the strikes
  there, and what dealers have to trade in the future as price moves through. Null where the side
  could not rest (reach below 0.2), where there is nothing to compare, at steps without a strike what
  is of strikes, and in sessions without options.
grain: [session, instrument_id, bucket_end, level_id, offset]
as_of: bucket_end
columns:
  price: DOUBLE | points | outer end of the step
---#}
{% import 'macros/pressure.sql' as pressure with context %}
select
    book_ladder_5s.session,
    book_ladder_5s.instrument_id,
    book_ladder_5s.bucket_end,
    book_ladder_5s.level_id,
    book_ladder_5s."offset",
    book_ladder_5s.price,
    book_ladder_5s.bid_reach,
    book_ladder_5s.ask_reach,
    book_ladder_5s.bid_depth_share,
    book_ladder_5s.ask_depth_share,
    book_ladder_5s.bid_pull_add,
    book_ladder_5s.ask_pull_add,
    book_ladder_5s.bid_fill_intensity,
    book_ladder_5s.ask_fill_intensity,
    book_ladder_5s.lean_60s,
    book_ladder_5s.lean_60s_d1,
    book_ladder_5s.lean_60s_d2,
    book_ladder_5s.lean_60s_d3,
    book_ladder_5s.depth_share_median,
    ladder_options_5s.call_pressure,
    ladder_options_5s.put_pressure,
    ladder_options_5s.long_share,
    ladder_options_5s.short_share,
    ladder_options_5s.call_pressure_60s,
    ladder_options_5s.put_pressure_60s,
    ladder_options_5s.long_share_60s,
    ladder_options_5s.short_share_60s,
    ladder_options_5s.option_qty,
    ladder_options_5s.option_qty_60s,
    ladder_options_5s.gex_gross,
    ladder_options_5s.gex_share,
    {% for flow in pressure.LADDER_FLOWS %}
    {% for of in ('', '_d1', '_d2', '_d3') %}
    ladder_options_5s.{{ flow.name }}{{ of }},
    {% endfor %}
    {% endfor %}
    {% for hedge in pressure.HEDGES %}
    {% for of in ('', '_d1', '_d2', '_d3') %}
    hedge_ladder_5s.{{ hedge.name }}{{ of }},
    {% endfor %}
    {% endfor %}
    ladder_options_5s.gex_net_ratio
from pressure.book_ladder_5s
left join options.ladder_options_5s using (bucket_end, level_id, "offset")
left join options.hedge_ladder_5s using (bucket_end, level_id, "offset")
order by book_ladder_5s.bucket_end, book_ladder_5s.level_id, book_ladder_5s."offset"
