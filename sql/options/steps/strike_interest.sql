{#---
doc: >
  Which strikes are listed, whatever is quoted, and the open interest of their calls and puts, added
  up over contracts: a row for each time that either changes.
grain: [expiry, strike, known_at]
as_of: known_at
columns:
  underlying_id: UINTEGER  | id   | instrument number of the future; where contracts deliver two, the higher
  multiplier:    DOUBLE    | $/pt | value of one point; of two at a strike the larger
  known_at:      TIMESTAMP | UTC  | end of the bucket in which it changed, the window's start for those before
  known_until:   TIMESTAMP | UTC  | the same of the next change, null where there is none
---#}
{% import 'macros/options.sql' as options with context %}
{% set types = {'call': 1, 'put': -1} %}
with moments as (
    select
        expiry,
        strike,
        known_at
    from options.contracts
    union
    select
        contracts.expiry,
        contracts.strike,
        greatest(open_interest.known_at, contracts.known_at) as known_at
    from options.open_interest
    inner join options.contracts using (instrument_id)
),

states as (
    select
        moments.*,
        contracts.cp,
        contracts.multiplier,
        contracts.underlying_id,
        open_interest.oi,
        {{ options.value_e3('open_interest.oi', 'contracts.multiplier') }} as value_e3
    from moments
    inner join options.contracts
        on
            moments.expiry = contracts.expiry
            and moments.strike = contracts.strike
            and moments.known_at >= contracts.known_at
    left join options.open_interest
        on
            contracts.instrument_id = open_interest.instrument_id
            and moments.known_at >= open_interest.known_at
            and moments.known_at < coalesce(open_interest.known_until, 'infinity'::timestamp)
)

select
    expiry,
    strike,
    max(underlying_id) as underlying_id,
    max(multiplier) as multiplier,
    {% for type, cp in types.items() %}
    if(bool_or(cp = {{ cp }}), (sum(oi) filter (where cp = {{ cp }}))::bigint, 0) as oi_{{ type }},
    {% endfor %}
    {% for type, cp in types.items() %}
    if(bool_or(cp = {{ cp }}), (sum(value_e3) filter (where cp = {{ cp }}))::double / 1e3, 0)
        as value_{{ type }},
    {% endfor %}
    known_at,
    lead(known_at) over (partition by expiry, strike order by known_at) as known_until
from states
group by expiry, strike, known_at
