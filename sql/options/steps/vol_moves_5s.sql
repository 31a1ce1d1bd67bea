{#---
doc: >
  Vol of the options near a level, what their own quotes say of it, and how it changed since the
  bucket before in comparison with the vol at the money of the same expiry.
grain: [bucket_end, expiry, strike]
as_of: bucket_end
columns:
  iv_quote: DOUBLE | vol | implied by the middle of the strike's own quote, where that is what its vol comes from
---#}
{% import 'macros/time.sql' as time with context %}
with vols as (
    select
        vols_5s.*,
        lag(vols_5s.bucket_end) over series as bucket_before,
        lag(vols_5s.iv) over series as iv_before
    from options.vols_5s
    semi join options.near_5s using (expiry, strike)
    window series as (partition by vols_5s.expiry, vols_5s.strike order by vols_5s.bucket_end)
),

money as (
    select
        *,
        lag(bucket_end) over series as bucket_before,
        lag(iv) over series as iv_before
    from options.atm_5s
    window series as (partition by expiry order by bucket_end)
)

select
    vols.bucket_end,
    vols.expiry,
    vols.strike,
    vols.vega,
    if(vols.iv_source = 'quote', vols.iv_quote, null) as iv_quote,
    if(vols.iv_source = 'quote', vols.iv_unc, null) as iv_unc,
    if(
        vols.bucket_before = vols.bucket_end - {{ time.buckets(1) }}
        and money.bucket_before = money.bucket_end - {{ time.buckets(1) }},
        vols.iv / vols.iv_before - money.iv / money.iv_before,
        null
    ) as iv_change
from vols
left join money using (bucket_end, expiry)
