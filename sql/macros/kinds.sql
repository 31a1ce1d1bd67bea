{#- Kinds of book changes as small numbers, which a build compares faster than words: the first
    six bring lots to a price, the next five take some away, the last three leave it as it is. -#}

{%- set KINDS = [
    'snapshot', 'add', 'size_up', 'refill', 'in_up', 'in_down',
    'pull', 'fill', 'out_up', 'out_down', 'clear',
    'hidden_fill', 'unknown_fill', 'unknown_cancel',
] -%}

{% macro code(kind) -%}
{{ KINDS.index(kind) + 1 }}
{%- endmacro %}

{% macro name(kind) -%}
{{ KINDS }}[{{ kind }}]
{%- endmacro %}

{#- Whether a kind brings (1) lots, takes some away (-1) or neither (0). -#}
{% macro sign(kind) -%}
if({{ kind }} <= {{ code('in_down') }}, 1, if({{ kind }} <= {{ code('clear') }}, -1, 0))
{%- endmacro %}

{#- What changes of all kinds, lots in a column for each, did to the lots that rest. -#}
{% macro delta() -%}
{{ KINDS[:6] | join('_qty + ') }}_qty - {{ KINDS[6:11] | join('_qty - ') }}_qty
{%- endmacro %}
