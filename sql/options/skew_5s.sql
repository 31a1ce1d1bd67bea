{#---
doc: >
  The smile of each expiry in a line: vol at the money and of the options of delta 0.25, calls less
  puts (risk reversal), their mean less the money (butterfly), how vol at the money goes on to the next
  expiry, and how far the future moves to the close, one standard deviation. Deltas are those of the
  forward, not discounted, and vol is linear in delta between the strikes around. Null where one of
  these has no vol that quotes around it tell.
grain: [session, bucket_end, expiry]
as_of: bucket_end
columns:
  atm_iv:           DOUBLE | 0.2 = 20 % | implied vol at the forward
  iv_call_25:       DOUBLE | 0.2 = 20 % | implied vol where a call's delta is 0.25
  iv_put_25:        DOUBLE | 0.2 = 20 % | implied vol where a put's delta is -0.25
  risk_reversal_25: DOUBLE | vol        | iv_call_25 - iv_put_25, below 0 where puts cost more
  butterfly_25:     DOUBLE | vol        | mean of iv_call_25 and iv_put_25 less atm_iv
  atm_slope:        DOUBLE | vol/day    | change of atm_iv to the next expiry over the days between
  expected_move:    DOUBLE | points     | forward x atm_iv x sqrt(t_years)
---#}
{% set point = '{delta: delta, iv: iv, delta_next: delta_next, iv_next: iv_next}' %}
{% set deltas = {'call': 0.25, 'put': 0.75} %}
with smile as (
    select
        bucket_end,
        expiry,
        strike,
        forward,
        t_years,
        -- flat beyond the last quote, which tells nothing of a wing
        if(iv_source = 'extrapolated', null, iv) as iv,
        delta_call / df as delta
    from options.vols_5s
    where iv > 0
),

pairs as (
    select
        *,
        lead(delta) over along as delta_next,
        lead(iv) over along as iv_next
    from smile
    window along as (partition by bucket_end, expiry order by strike)
),

-- the last strike whose call has that delta or more; a put of -0.25 is where a call has 0.75
around as (
    select
        {% for type, delta in deltas.items() %}
        arg_max({{ point }}, strike) filter (where delta >= {{ delta }}) as {{ type }},
        {% endfor %}
        bucket_end,
        expiry,
        max(forward) as forward,
        max(t_years) as t_years
    from pairs
    group by bucket_end, expiry
),

wings as (
    select
        {% for type, delta in deltas.items() %}
        around.{{ type }}.iv + (around.{{ type }}.iv_next - around.{{ type }}.iv)
        * (around.{{ type }}.delta - {{ delta }})
        / (around.{{ type }}.delta - around.{{ type }}.delta_next) as iv_{{ type }}_25,
        {% endfor %}
        around.bucket_end,
        around.expiry,
        around.forward,
        around.t_years,
        atm_5s.iv as atm_iv
    from around
    left join options.atm_5s using (bucket_end, expiry)
)

select
    date '{{ session }}' as session,
    bucket_end,
    expiry,
    forward,
    t_years,
    atm_iv,
    iv_call_25,
    iv_put_25,
    iv_call_25 - iv_put_25 as risk_reversal_25,
    (iv_call_25 + iv_put_25) / 2 - atm_iv as butterfly_25,
    (lead(atm_iv) over expiries - atm_iv)
    / nullif((lead(t_years) over expiries - t_years) * 365, 0) as atm_slope,
    forward * atm_iv * sqrt(t_years) as expected_move
from wings
window expiries as (partition by bucket_end order by expiry)
order by bucket_end, expiry
