{#- One order after one record in a BIGINT: tick x 2^32 + size x 2^4 + bid x 2^3 + action code. -#}

{%- set SNAPSHOT = 1 -%}
{%- set ADD = 2 -%}
{%- set MODIFY = 3 -%}
{%- set CANCEL = 4 -%}

{#- A size of 2^28 lots or more would run into the tick, so it stops the build. -#}
{% macro pack(tick, size, is_bid, action) -%}
{{ tick }}::bigint * 4294967296
+ (if({{ size }} < 268435456, {{ size }}, error('size ' || {{ size }} || ' is not below 2^28 lots')) << 4)
+ if({{ is_bid }}, 8, 0)
+ {{ action }}
{%- endmacro %}

{% macro tick(state) -%}
({{ state }} >> 32)::integer
{%- endmacro %}

{% macro size(state) -%}
(({{ state }} >> 4) & 268435455)::integer
{%- endmacro %}

{% macro is_bid(state) -%}
({{ state }} & 8) > 0
{%- endmacro %}

{% macro action(state) -%}
({{ state }} & 7)
{%- endmacro %}

{#- The columns of book.regular_steps from rows of book.chain. A reader that wants few of the rows
    picks them first: DuckDB unpacks whatever a join reads. -#}
{% macro steps(chain) -%}
with unpacked as not materialized (
    select
        *,
        {{ action('state') }}::utinyint as action,
        {{ is_bid('state') }} as is_bid,
        {{ tick('state') }} as tick,
        {{ size('state') }}::bigint as size,
        {{ is_bid('state_before') }} as is_bid_before,
        {{ tick('state_before') }} as tick_before,
        coalesce({{ size('state_before') }}, 0)::bigint as before
    from {{ chain }}
)

select
    seq,
    event_no,
    order_id,
    ts_recv,
    ts_event,
    ts_next,
    action,
    is_bid,
    tick,
    size,
    is_bid_before,
    tick_before,
    before,
    case
        when action <> {{ CANCEL }} then size
        -- a cancel of size 0 takes all
        when size = 0 then 0
        else greatest(before - size, 0)
    end as after,
    if(action < {{ MODIFY }}, 0, greatest(before - after, 0)) as dropped,
    entered_at,
    greatest(ts_event - entered_at, 0) as age_ns
from unpacked
{%- endmacro %}
