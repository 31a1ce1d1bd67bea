{#---
doc: >
  What each number of a vector told of which way price went, in earlier sessions, and what it
  counts for that in a distance: its block's weight over the block's size, times 1 + 10 correlations
  with the way, so that one that told at 0.1 counts twice one that told nothing. A setup
  that broke went one way, one that was rejected the other, and chop is left out. Before 5 sessions
  that ended known, nothing is told.
grain: [session, wait_s, dim]
as_of: session  # made of earlier sessions alone
columns:
  n_ways:      BIGINT | setups | earlier breaks and rejects, of all horizons
  correlation: DOUBLE | 0..1 | with the way, as root of the mean over horizons of its square less what chance gives (Ezekiel 1930)
  weight:      DOUBLE | part | of its square in a squared distance; those of a wait add up to analog_blocks
---#}
{% import 'macros/analogs.sql' as analogs with context %}
{% set gain = 10 %}
with spread as (
    select
        numbers.session,
        numbers.cluster_id,
        numbers.touched_at,
        numbers.wait_s,
        numbers.dim,
        {{ analogs.in_spreads('numbers.number', 'norms.centre', 'norms.scale') }} as z
    from analogs.numbers
    inner join analogs.norms using (wait_s, dim)
),

-- whole 2^-20 of a spread, of which sums are the same in any order
scaled as (
    select * replace (round(z * 2 ** 20)::bigint as z)
    from spread
),

ways as (
    select
        *,
        if(outcome = 'break', 1, -1) as way
    from analogs.history
    where outcome <> 'chop'
),

sums as (
    select
        scaled.wait_s,
        scaled.dim,
        ways.horizon_s,
        count(*)::hugeint as n,
        count(distinct ways.session) as n_sessions,
        sum(ways.way)::hugeint as w,
        sum(scaled.z)::hugeint as z,
        sum(scaled.z * ways.way)::hugeint as zw,
        sum(scaled.z::hugeint * scaled.z)::hugeint as zz
    from scaled
    inner join ways using (session, cluster_id, touched_at, wait_s)
    group by scaled.wait_s, scaled.dim, ways.horizon_s
),

squared as (
    select
        *,
        coalesce(
            (n * zw - z * w)::double ** 2
            / nullif((n * zz - z * z)::double * (n * n - w * w)::double, 0),
            0
        ) as square
    from sums
    where n_sessions >= {{ analogs.least_scored }} and n > 2
),

correlated as (
    select
        wait_s,
        dim,
        sum(n)::bigint as n_ways,
        sqrt(
            list_avg(
                list(greatest(0, ((n - 1) * square - 1) / (n - 2)) order by horizon_s)
            )
        ) as correlation
    from squared
    group by wait_s, dim
),

counted as (
    select
        norms.session,
        norms.wait_s,
        norms.dim,
        coalesce(correlated.n_ways, 0) as n_ways,
        coalesce(correlated.correlation, 0) as correlation,
        ({{ analogs.parts() }})[norms.dim] as part,
        part * (1 + {{ gain }} * coalesce(correlated.correlation, 0)) as told
    from analogs.norms
    left join correlated using (wait_s, dim)
)

select
    session,
    wait_s,
    dim,
    n_ways,
    correlation,
    told * list_sum(list(part) over every_dim) / list_sum(list(told) over every_dim) as weight
from counted
window
    every_dim as (
        partition by wait_s order by dim
        rows between unbounded preceding and unbounded following
    )
order by wait_s, dim
