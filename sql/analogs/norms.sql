{#---
doc: >
  The middle and the spread of each number of a vector over the setups of earlier sessions, for
  distances between setups to be in one unit. Robust: the median, and the median absolute deviation
  scaled to a normal's standard deviation; where half the values are the same, the standard
  deviation. No row before there are earlier setups.
grain: [session, wait_s, dim]
as_of: session  # made of earlier sessions alone
lookback: {setups.vectors: 60}
columns:
  n_values: BIGINT | setups | of earlier sessions that have it
  centre:   DOUBLE | ratio  | median; null where there is none
  scale:    DOUBLE | ratio  | spread; null where all are the same, so that the number is left out
---#}
with numbers as (
    select
        vectors.wait_s,
        unnest(generate_series(1, len(vectors.v)))::smallint as dim,
        unnest(vectors.v)::double as x
    from setups.vectors
    semi join analogs.past_sessions using (session)
),

-- values in order, since a sum of doubles depends on theirs
spread as (
    select
        wait_s,
        dim,
        median(x) as centre,
        count(x) as n_values,
        1.4826 * mad(x) as deviation,
        list_stddev_samp(list(x order by x) filter (where x is not null)) as standard
    from numbers
    group by wait_s, dim
)

select
    date '{{ session }}' as session,
    wait_s,
    dim,
    n_values,
    centre,
    coalesce(nullif(deviation, 0), nullif(standard, 0)) as scale
from spread
order by wait_s, dim
