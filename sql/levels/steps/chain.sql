{#---
doc: >
  Levels of the options chain as it is at the end of the window's first bucket, all expiries; the
  strikes with the most gamma of calls and of puts, the price at which gamma changes its sign, and one
  standard deviation up and down to the close of the day's expiry. None in sessions without options.
grain: [level_id]
as_of: known_at
columns:
  level_id: VARCHAR   | text   | CALL_WALL, PUT_WALL, ZERO_GAMMA, EM_HIGH or EM_LOW
  price:    DOUBLE    | points | of the session's contract
  known_at: TIMESTAMP | UTC    | end of the window's first bucket
---#}
{% import 'macros/time.sql' as time with context %}
with first_profiles as (
    select *
    from options.gex_profile_5s
    where bucket_end = {{ time.first_bucket() }}
),

prices as (
    select
        whole.bucket_end as known_at,
        whole.call_wall_gex as call_wall,
        whole.put_wall_gex as put_wall,
        whole.zero_gamma,
        of_day.forward * (1 + of_day.sigma_rem) as em_high,
        of_day.forward * (1 - of_day.sigma_rem) as em_low
    from first_profiles as whole
    left join first_profiles as of_day on of_day.expiry_set = '0dte'
    where whole.expiry_set = 'all'
)

-- a price that is not there gives no row
{% for name in ('call_wall', 'put_wall', 'zero_gamma', 'em_high', 'em_low') %}
select
    '{{ name | upper }}' as level_id,
    '{{ name | upper }}' as kind,
    {{ name }} as price,
    known_at
from prices
where {{ name }} is not null
{% if not loop.last %}
union all
{% endif %}
{% endfor %}
