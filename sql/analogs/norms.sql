{#---
doc: >
  The middle and the spread of each number of a vector over the setups of earlier sessions, for
  distances between setups to be in one unit. Robust: the median, and the median absolute deviation
  scaled to a normal's standard deviation; where half the values are the same, the standard
  deviation. No row before there are earlier setups.
grain: [session, wait_s, dim]
as_of: session  # made of earlier sessions alone
columns:
  n_values: BIGINT | setups | of earlier sessions that have it
  centre:   DOUBLE | ratio  | median; null where there is none
  scale:    DOUBLE | ratio  | spread; null where all are the same, so that the number is left out
---#}
-- values in order, since a sum of doubles depends on theirs
with spread as (
    select
        wait_s,
        dim,
        median(number) as centre,
        count(number) as n_values,
        1.4826 * mad(number) as deviation,
        list_stddev_samp(list(number order by number) filter (where number is not null)) as standard
    from analogs.numbers
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
