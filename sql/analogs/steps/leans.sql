{#---
doc: >
  How much of what the flow said about direction came true in each earlier session in which anything
  was claimed. A forecast leans by what it gives to a break over a reject beyond the reference. Were
  it right, the sum of leans times what came (1 a break, -1 a reject, 0 a chop) beyond the reference
  would be their sum of squares but for chance, of which the variance is known.
grain: [session, wait_s, horizon_s]
as_of: session  # made of earlier sessions alone
lookback: {analogs.forecasts: all}
columns:
  session:  DATE   | date  | the earlier session
  came:     DOUBLE | leans | sum of lean times what came beyond the reference
  said:     DOUBLE | leans | sum of squared leans
  variance: DOUBLE | leans | of came, if forecasts are right and setups independent
---#}
{% import 'macros/analogs.sql' as analogs with context %}
with known as (
    select
        forecasts.session,
        forecasts.cluster_id,
        forecasts.touched_at,
        forecasts.wait_s,
        forecasts.horizon_s,
        forecasts.p_break - forecasts.p_reject as expected,
        forecasts.reference_break - forecasts.reference_reject as expected_reference,
        -- where nothing is said rounding leaves a little
        round(expected - expected_reference, 9) as lean,
        greatest(forecasts.p_break + forecasts.p_reject - expected * expected, 0) as variance,
        case history.outcome when 'break' then 1 when 'reject' then -1 else 0 end as way
    from analogs.forecasts
    inner join analogs.history using (session, cluster_id, touched_at, wait_s, horizon_s)
    where forecasts.alpha < {{ analogs.unclaimed }}
)

-- lists in order add up to the same bits whatever the threads
select
    session,
    wait_s,
    horizon_s,
    list_sum(list(lean * (way - expected_reference) order by touched_at, cluster_id)) as came,
    list_sum(list(lean * lean order by touched_at, cluster_id)) as said,
    list_sum(list(lean * lean * variance order by touched_at, cluster_id)) as variance
from known
group by session, wait_s, horizon_s
