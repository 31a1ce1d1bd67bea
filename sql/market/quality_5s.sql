{#---
doc: >
  What was known of the feed of the session's contract at the end of every bucket of the window,
  counted since the book began: for screens, which may not show what came later. No row before the
  first record, nor without orders.
grain: [session, instrument_id, bucket_end]
as_of: bucket_end
constants:  # compared with a constant rows keep the order of their files, which a join gives up
  contract: select instrument_id from market.fronts
  first_date: select first_date from book.opening
  end_seq: select end_seq from book.closing
columns:
  n_gaps:           BIGINT  | gaps    | in the venue's sequence that the vendor could not close, by the first flag after each
  n_steps_back:     BIGINT  | records | received before the record that they follow in the file
  n_late:           BIGINT  | records | received more than a second after the venue acted
  n_maybe_bad_book: BIGINT  | records | flagged as coming after such a gap
  silent_s:         DOUBLE  | s       | since the last record
  book:             VARCHAR | code    | stale after a minute of silence, else recovering while it is rebuilt or after a gap until it is, else ok
  book_complete:    BOOLEAN | flag    | a clear or a snapshot has told all that rests
---#}
{% import 'macros/book.sql' as book with context %}
{% import 'macros/time.sql' as time with context %}
{% import 'macros/vendor.sql' as vendor %}
with records as (
    select
        mbo.instrument_id,
        {{ book.seq('mbo') }} as seq,
        mbo.ts_recv,
        mbo.ts_event,
        mbo.action = 'R' or {{ vendor.has('mbo.flags', vendor.SNAPSHOT) }} as is_rebuild,
        {{ vendor.has('mbo.flags', vendor.SNAPSHOT) }} as is_snapshot,
        {{ vendor.has('mbo.flags', vendor.MAYBE_BAD_BOOK) }} as is_doubtful
    from staging.mbo
    where
        mbo.instrument_id = getvariable('contract')
        and mbo.ts_recv < {{ window_end_ns }}
        and {{ book.seq('mbo') }} < getvariable('end_seq')
        and mbo.ts_recv >= {{ last_hole_ns }}
        and mbo.date >= getvariable('first_date')
),

-- without an order a window runs in that of the file, which costs no sort
followed as (
    select
        *,
        -- what steps back in time falls where the latest before it fell
        max(ts_recv) over so_far as clock_ns,
        coalesce(lag(ts_recv) over () > ts_recv, false) as is_step_back,
        coalesce(lag(is_doubtful) over (), false) as was_doubtful
    from records
    window so_far as (rows between unbounded preceding and current row)  -- noqa: PRS
),

counted as (
    select
        instrument_id,
        {{ book.bucket_end('clock_ns') }} as heard_at,
        count(*) filter (where is_doubtful and not was_doubtful and not is_snapshot) as n_gaps,
        count(*) filter (where is_step_back and not is_snapshot) as n_steps_back,
        count(*) filter (where ts_recv - ts_event > {{ time.SECOND_NS }} and not is_snapshot)
            as n_late,
        count(*) filter (where is_doubtful and not is_snapshot) as n_maybe_bad_book,
        max(clock_ns) as last_ns,
        max(seq) filter (where is_rebuild) as rebuilt_seq,
        max(seq) filter (where is_doubtful and not is_snapshot) as doubted_seq
    from followed
    group by instrument_id, heard_at
),

running as (
    select
        instrument_id,
        heard_at,
        sum(n_gaps) over so_far::bigint as n_gaps,
        sum(n_steps_back) over so_far::bigint as n_steps_back,
        sum(n_late) over so_far::bigint as n_late,
        sum(n_maybe_bad_book) over so_far::bigint as n_maybe_bad_book,
        max(last_ns) over so_far as last_ns,
        max(rebuilt_seq) over so_far as rebuilt_seq,
        max(doubted_seq) over so_far as doubted_seq,
        rebuilt_seq is not null as is_rebuilt_here
    from counted
    window so_far as (
        partition by instrument_id
        order by heard_at
        rows between unbounded preceding and current row
    )
),

buckets as (
    {{ time.window_buckets() }}
),

known as (
    select
        running.*,
        buckets.bucket_end,
        (epoch_us(buckets.bucket_end) * 1000 - running.last_ns) / 1e9 as silent_s
    from buckets
    asof inner join running on buckets.bucket_end >= running.heard_at
)

select
    date '{{ session }}' as session,
    instrument_id,
    bucket_end,
    n_gaps,
    n_steps_back,
    n_late,
    n_maybe_bad_book,
    silent_s,
    case
        when silent_s >= 60 then 'stale'
        when doubted_seq > coalesce(rebuilt_seq, -1) then 'recovering'
        when is_rebuilt_here and heard_at = bucket_end then 'recovering'
        else 'ok'
    end as book,
    rebuilt_seq is not null as book_complete
from known
order by bucket_end
