{#- Rules of setups, outcomes and analogs that several models share. -#}

{#- The pieces of the two minutes before a decision, from the newest to the oldest: number, seconds
    before it at which the piece ends and begins, buckets. -#}
{%- set segments = [(0, 0, 15), (1, 15, 30), (2, 30, 60), (3, 60, 120)] -%}
{%- set memory_s = 120 -%}

{#- The pieces as rows. -#}
{% macro segment_rows() -%}
values
    {%- for number, from_s, to_s in segments %}
        ({{ number }}, {{ from_s }}, {{ to_s }}){{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{#- Distance of the two barriers from the decision price, whole ticks: what a walk of this
    volatility leaves half the time, and never so near that the spread alone decides. -#}
{% macro barrier_ticks(sigma, horizon) -%}
greatest(
            {{ barrier_floor_ticks }},
            round({{ barrier_scale }} * {{ sigma }} * sqrt({{ steps(horizon) }}))
        )::integer
{%- endmacro %}

{#- Buckets of a horizon. -#}
{% macro steps(horizon) -%}
{{ horizon }} // {{ bucket_ns // 1000000000 }}
{%- endmacro %}

{#- The pieces of the two minutes before each decision: buckets that end after begun_at, and by
    ended_at; n_wanted of them. -#}
{% macro windows() -%}
pieces as (
    select
        number::tinyint as segment,
        from_s,
        to_s
    from ({{ segment_rows() }}) as pieces (number, from_s, to_s)
),

windows as (
    select
        decisions.session,
        decisions.instrument_id,
        decisions.cluster_id,
        decisions.touched_at,
        decisions.wait_s,
        decisions.dir,
        pieces.segment,
        decisions.decided_at - to_seconds(pieces.to_s) as begun_at,
        decisions.decided_at - to_seconds(pieces.from_s) as ended_at,
        (pieces.to_s - pieces.from_s) // {{ bucket_ns // 1000000000 }} as n_wanted
    from setups.decisions
    cross join pieces
)
{%- endmacro %}
