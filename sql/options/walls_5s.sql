{#---
doc: >
  The strikes that hold most, three of each kind, as they are listed and where that is in points of
  the session's contract: of the gamma or the open interest of calls and of puts, of calls at or
  above the forward and puts at or below it, of gamma after the flow since the overnight open, and of
  calls and puts together. No row where fewer strikes hold any.
grain: [session, bucket_end, expiry_set, wall, place]
as_of: bucket_end
columns:
  wall:   VARCHAR | text   | call_gex, put_gex, call_above, put_below, call_oi, put_oi, call_net_flow, put_net_flow or abs_gamma
  place:  TINYINT | 1..3   | 1 holds most
  price:  DOUBLE  | points | strike in the points of the session's contract, by the ratio of the two prices
  held:   DOUBLE  | $/1%   | what the strike holds, contracts where wall is call_oi or put_oi
---#}
{% import 'macros/exposure.sql' as exposure %}
{% set kinds = {
    'call_gex': ('gex_call', 1, 'true'),
    'put_gex': ('gex_put', -1, 'true'),
    'call_above': ('gex_call', 1, 'front_strike >= forward'),
    'put_below': ('gex_put', -1, 'front_strike <= forward'),
    'call_oi': ('oi_call', 1, 'true'),
    'put_oi': ('oi_put', -1, 'true'),
    'call_net_flow': ('gex_call_held', 1, 'true'),
    'put_net_flow': ('gex_put_held', -1, 'true'),
    'abs_gamma': ('gex_gross', 1, 'true'),
} %}
-- naive, dealers hold the calls and owe the puts
with strikes as (
    select
        *,
        gex_call + gex_flow_call as gex_call_held,
        gex_put - gex_flow_put as gex_put_held
    from options.gex_by_strike_5s
),

thirds as (
    select
        {% for wall, (value, farther, condition) in kinds.items() %}
        {{ exposure.third(value, condition) }} as {{ wall }}_third,
        {% endfor %}
        bucket_end,
        expiry_set
    from strikes
    group by bucket_end, expiry_set
),

highest as (
    select
        {% for wall, (value, farther, condition) in kinds.items() %}
        {{ exposure.walls(value, wall ~ '_third', farther, condition) }} as {{ wall }},
        {% endfor %}
        bucket_end,
        expiry_set
    from strikes
    inner join thirds using (bucket_end, expiry_set)
    group by bucket_end, expiry_set
),

ranked as (
    {% for wall in kinds %}
    select
        bucket_end,
        expiry_set,
        '{{ wall }}' as wall,
        unnest({{ wall }}) as strike,
        generate_subscripts({{ wall }}, 1)::tinyint as place
    from highest
    {% if not loop.last %}
    union all
    {% endif %}
    {% endfor %}
),

futures as (
    select
        underlying_id,
        min(underlying) as underlying
    from options.contracts
    group by underlying_id
)

select
    date '{{ session }}' as session,
    ranked.bucket_end,
    ranked.expiry_set,
    ranked.wall,
    ranked.place,
    ranked.strike.price,
    ranked.strike.strike,
    ranked.strike.underlying_id,
    futures.underlying,
    ranked.strike.held
from ranked
left join futures on ranked.strike.underlying_id = futures.underlying_id
order by ranked.bucket_end, ranked.expiry_set, ranked.wall, ranked.place
