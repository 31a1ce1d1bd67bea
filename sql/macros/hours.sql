{#- What landed of a stretch of time, and when something that happened is known. -#}

{%- set minute_ns = 60 * 1000000000 -%}

{#- Whether a hole of market.holes keeps [start_ns, end_ns) from being whole; a minute at either end
    is forgiven, since a file asked for from then on begins with the first record after. -#}
{% macro tears(hole, start_ns, end_ns) -%}
{{ hole }}.start_ns < {{ end_ns }} - {{ minute_ns }} and {{ hole }}.end_ns > {{ start_ns }} + {{ minute_ns }}
{%- endmacro %}

{#- The first whole second after a time in ns, as a UTC timestamp. -#}
{% macro next_second(ns) -%}
make_timestamp(({{ ns }} // 1000000000 + 1) * 1000000)
{%- endmacro %}

{#- A time in ns as text. -#}
{% macro clock_time(ns) -%}
strftime(make_timestamp({{ ns }} // 1000), '%H:%M:%S UTC')
{%- endmacro %}
