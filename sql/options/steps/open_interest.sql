{#---
doc: >
  Open contracts of every option as the venue published them, and for which buckets each value is
  what is known: of the latest trade date described so far the last one published. What comes later
  about an older date does not count, nor does anything before it came.
grain: [instrument_id, known_at]
as_of: known_at
lookback: {staging.statistics: 1}
columns:
  oi:          BIGINT    | lots | open contracts, null where the venue withdrew its value or gave none that can be, such as one below 0
  known_at:    TIMESTAMP | UTC  | end of the bucket in which it came, the window's start for those before
  known_until: TIMESTAMP | UTC  | the same of the value that comes after, null where none does
---#}
{% import 'macros/book.sql' as book with context %}
{% import 'macros/time.sql' as time with context %}
{% set said = '{oi: oi, oi_ref: if(oi is null, null, oi_ref)}' %}
{#- What names no date is about the day on which it came. -#}
{% set described = 'coalesce(statistics.ts_ref, statistics.ts_recv)' %}
with statements as (
    select
        statistics.instrument_id,
        if(statistics.is_deleted or statistics.quantity < 0, null, statistics.quantity) as oi,
        {{ time.at('statistics.ts_ref') }}::date as oi_ref,
        {{ book.bucket_end('statistics.ts_recv') }} as heard_at,
        ({{ time.at(described) }}::date, statistics.ts_recv, statistics.date, statistics.row_no)
            as place
    from staging.statistics
    inner join options.contracts using (instrument_id)
    where
        statistics.stat_type = 9  -- open interest
        and statistics.ts_recv < {{ window_end_ns }}
        -- a number may have belonged to another contract before this one was listed
        and statistics.ts_recv >= coalesce(epoch_ns(contracts.listed_at), 0)
),

heard as (
    select
        instrument_id,
        heard_at,
        -- of one trade date the last one published corrects those before
        arg_max({{ said }}, place) as said,
        max(place) as place
    from statements
    group by instrument_id, heard_at
),

published as (
    select *
    from heard
    -- an older trade date that comes later replaces nothing
    qualify place = max(place) over (
        partition by instrument_id
        order by heard_at
    )
)

select
    published.instrument_id,
    published.said.oi,
    published.said.oi_ref,
    published.heard_at as known_at,
    lead(published.heard_at) over (
        partition by published.instrument_id
        order by published.heard_at
    ) as known_until
from published
