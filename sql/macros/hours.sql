{#- What landed of a stretch of time, and when something that happened is known. -#}

{% import 'macros/time.sql' as time with context %}

{#- Whether a hole of market.holes keeps [start_ns, end_ns) from being whole; a minute at either end
    is forgiven, since a file asked for from then on begins with the first record after. A hole
    without an end goes on. -#}
{% macro tears(hole, start_ns, end_ns) -%}
{{ hole }}.start_ns < {{ end_ns }} - {{ time.MINUTE_NS }}
and coalesce({{ hole }}.end_ns > {{ start_ns }} + {{ time.MINUTE_NS }}, true)
{%- endmacro %}

{#- Whether trading goes on at a time in ns: it halts for the hour before each overnight open. -#}
{% macro is_trading(ns) -%}
({{ ns }} - {{ overnight_open_ns }}) % {{ time.DAY_NS }} < {{ 23 * 60 * time.MINUTE_NS }}
{%- endmacro %}

{#- The first whole second after a time in ns, as a UTC timestamp. -#}
{% macro next_second(ns) -%}
make_timestamp(({{ ns }} // {{ time.SECOND_NS }} + 1) * 1000000)
{%- endmacro %}

{#- A time in ns as text. -#}
{% macro clock_time(ns) -%}
strftime({{ time.at(ns) }}, '%H:%M:%S UTC')
{%- endmacro %}
