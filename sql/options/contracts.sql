{#---
doc: >
  Every call and put on a future of the root that can still trade when the window starts, or is
  listed while it lasts. Resolved by what it delivers; spreads and what users defined are left out.
  What was said before the overnight open is of another session, though its date may have landed:
  the venue's files and its live service state anew what is in force.
grain: [session, instrument_id]
as_of: known_at  # what was said last before the window; of later listings, what was said first
columns:
  raw_symbol: VARCHAR   | text | venue symbol, such as EW2F6 C7000
  style:      VARCHAR   | text | european or american, from the third letter of cfi; null where that says neither
  listed_at:  TIMESTAMP | UTC  | first time it can trade; its number may have been another's before
  known_at:   TIMESTAMP | UTC  | end of the bucket in which its definition came, the window's start for those before
---#}
{% import 'macros/book.sql' as book with context %}
{% import 'macros/time.sql' as time with context %}
with definitions as (
    select
        *,
        {{ book.bucket_end('ts_recv') }} as known_at
    from staging.definitions
    where ts_recv >= {{ overnight_open_ns }} and ts_recv < {{ window_end_ns }}
),

in_force as (
    select *
    from definitions
    -- what is known as the window starts, else the first one after; of several in a bucket the last
    qualify row_number() over (
        partition by instrument_id
        order by known_at asc, date desc, row_no desc
    ) = 1
)

select
    date '{{ session }}' as session,
    instrument_id,
    raw_symbol,
    asset,
    if(instrument_class = 'C', 'call', 'put') as option_type,
    if(instrument_class = 'C', 1, -1)::tinyint as cp,
    strike_price as strike,
    {{ time.at('expiration') }} as expiry,
    case substr(cfi, 3, 1) when 'E' then 'european' when 'A' then 'american' end as style,
    multiplier,
    underlying_id,
    underlying,
    {{ time.at('activation') }} as listed_at,
    known_at
from in_force
where
    instrument_class in ('C', 'P')
    and not is_user_defined  -- a package of options, whatever class it is given
    and not is_deleted
    and strike_price > 0  -- Black's model has no value at a strike of 0 or below
    and expiration > {{ window_start_ns }}
    and underlying_id is not null
    {% if option_days is not none %}
    and {{ time.at('expiration') }}::date <= date '{{ session }}' + {{ option_days }}
    {% endif %}
    and regexp_full_match(underlying, '{{ root }}[FGHJKMNQUVXZ][0-9]{1,2}')
order by expiry, strike, option_type, instrument_id
