{#- Implied volatility of options that are out of the money, to the last digits a premium holds, as a
    chain of common table expressions of fixed length.

    Notation, after Jaeckel's "Let's be rational" (2015): x = -|ln(F / K)|; s = vol sqrt(t), the total
    volatility; b(s) = undiscounted premium / sqrt(F K), which rises from 0 to bmax = exp(x / 2). With
    h = x / s and u = s / 2, ln b = -(h^2 + u^2) / 2 + ln(w / 2), where w is the difference of
    erfcx(-(h + u) / sqrt(2)) and erfcx((u - h) / sqrt(2)); the sum of both, the first with its sign
    turned, gives ln(bmax - b). Either is w sqrt(pi / 2) times the slope of b, so no exponential of a
    big number occurs.

    b bends at s = sqrt(-2 x), and its tangent there meets 0 at sfoot. Between them b is all but
    straight and is solved as it is; below sfoot 1 / ln b is, above the bend ln(bmax - b). Each step is
    Householder's of third order: from a guess within 0.31 the second is within 1e-11.

    Columns stand in steps of their own: DuckDB works out a repeated term of a CASE anew. -#}
{% import 'numerics/normal.sql' as normal %}
{%- set half_root = '7.07106781186547524e-01' -%}

{#- Which of the three pieces of b a premium falls on. -#}
{%- set LOW = 0 -%}
{%- set STRAIGHT = 1 -%}
{%- set HIGH = 2 -%}

{#- erfcx from where its polynomial is taken and its argument, both columns. -#}
{% macro erfcx(coefficients, place, a) -%}
{{ normal.horner(coefficients, place) }} / (1 + 2 * {{ a }})
{%- endmacro %}

{#- Steps that end in vol_solved: the rows of a source, which has forward, strike, t_years and
    premium (undiscounted, of the side that is out of the money), and vol; null where the premium is
    null or not between 0 and the most it can be. -#}
{% macro solved(source) -%}
vol_scaled as (
    select
        *,
        -abs(ln(forward / strike)) as x,
        premium / sqrt(forward * strike) as b_given
    from {{ source }}
),

vol_ends as (
    select
        *,
        exp(0.5 * x) as bmax,
        sqrt(-x) as root,
        sqrt(-2 * x) as sbend,
        {{ normal.place('sqrt(-x)') }} as place,
        {{ normal.place('0.5 * sqrt(-x)') }} as half_place
    from vol_scaled
),

vol_bend as (
    select
        *,
        if(b_given > 0 and b_given < bmax, b_given, null) as b,
        0.5 * bmax * (1 - {{ erfcx(normal.FINE, 'place', 'root') }}) as bbend,
        0.5 * exp(0.25 * x) * {{ erfcx(normal.COARSE, 'half_place', '(0.5 * root)') }} as share_bend,
        3.98942280401432678e-01 * bmax as slope
    from vol_ends
),

vol_foot as (
    select
        *,
        greatest(sbend - bbend / slope, 1e-300) as sfoot,
        ln(b) as ln_b,
        -- the normal probability that would be left above b, were b one
        greatest((bmax - b) / (bmax - bbend) * share_bend, 1e-300) as above
    from vol_bend
),

{{ terms('foot', 'vol_foot', 'sfoot') }},

vol_pieces as (
    select
        *,
        ln_scale_foot + ln(greatest(0.5 * ({{ erfcx(normal.COARSE, 'place_1_foot', 'a_1_foot') }}
            - ({{ erfcx(normal.COARSE, 'place_2_foot', 'a_2_foot') }})), 1e-300)) as ln_bfoot,
        above - 0.5 as off,
        0.180625 - (above - 0.5) * (above - 0.5) as near,
        sqrt(-ln(above)) - 1.6 as far
    from vol_places_foot
),

vol_piece as (
    select
        *,
        case
            when b >= bbend then {{ HIGH }}
            when ln_b < ln_bfoot then {{ LOW }}
            else {{ STRAIGHT }}
        end as piece
    from vol_pieces
),

-- the quantile of the highest piece is Wichura's AS 241, its short form
vol_guess as (
    select
        *,
        if(piece = {{ HIGH }}, ln(bmax - b), ln_b) as aim,
        case
            when piece = {{ LOW }} then -x / sqrt((x / sfoot) * (x / sfoot) - 2 * (ln_b - ln_bfoot))
            when piece = {{ STRAIGHT }} then sbend - (bbend - b) / slope
            when off > -0.425
                then
                    -2 * off
                    * (((59.109374720e0 * near + 159.29113202e0) * near + 50.434271938e0) * near
                        + 3.3871327179e0)
                    / (((67.187563600e0 * near + 78.757757664e0) * near + 17.895169469e0) * near + 1)
            else
                2
                * (((0.17023821103e0 * far + 1.3067284816e0) * far + 2.7568153900e0) * far
                    + 1.4234372777e0)
                / ((0.12021132975e0 * far + 0.73700164250e0) * far + 1)
        end as s_0
    from vol_piece
),

{{ step(1, 'vol_guess', normal.COARSE) }},

{{ step(2, 'vol_step_1', normal.FINE) }},

vol_solved as (
    select
        *,
        if(b is null, null, s_2 / sqrt(t_years)) as vol
    from vol_step_2
)
{%- endmacro %}

{#- What ln b is made of at some total volatility: two steps that end in vol_places_<at>. -#}
{% macro terms(at, source, s) -%}
vol_terms_{{ at }} as (
    select
        *,
        -0.5 * ((x / {{ s }}) * (x / {{ s }}) + 0.25 * {{ s }} * {{ s }}) as ln_scale_{{ at }},
        abs(x / {{ s }} + 0.5 * {{ s }}) * {{ half_root }} as a_1_{{ at }},
        (0.5 * {{ s }} - x / {{ s }}) * {{ half_root }} as a_2_{{ at }}
    from {{ source }}
),

vol_places_{{ at }} as (
    select
        *,
        {{ normal.place('a_1_' ~ at) }} as place_1_{{ at }},
        {{ normal.place('a_2_' ~ at) }} as place_2_{{ at }}
    from vol_terms_{{ at }}
)
{%- endmacro %}

{#- One step of Householder's, from s_<n - 1> to s_<n>; it stays on its piece. -#}
{% macro step(n, source, coefficients) -%}
{%- set s = 's_' ~ (n - 1) -%}
{{ terms(n, source, s) }},

vol_sides_{{ n }} as (
    select
        *,
        x / {{ s }} as h_{{ n }},
        {{ erfcx(coefficients, 'place_1_' ~ n, 'a_1_' ~ n) }} as side_1_{{ n }},
        {{ erfcx(coefficients, 'place_2_' ~ n, 'a_2_' ~ n) }} as side_2_{{ n }}
    from vol_places_{{ n }}
),

vol_sums_{{ n }} as (
    select
        *,
        greatest(side_1_{{ n }} + if(piece = {{ HIGH }}, side_2_{{ n }}, -side_2_{{ n }}), 1e-300)
            as w_{{ n }}
    from vol_sides_{{ n }}
),

-- value over slope, and the second and third derivative of b over its slope
vol_slopes_{{ n }} as (
    select
        *,
        ln_scale_{{ n }} + ln(0.5 * w_{{ n }}) as ln_{{ n }},
        1.25331413731550025e+00 * w_{{ n }} as ratio_{{ n }},
        h_{{ n }} * h_{{ n }} / {{ s }} - 0.25 * {{ s }} as bend_{{ n }},
        h_{{ n }} * h_{{ n }} / ({{ s }} * {{ s }}) as steep_{{ n }}
    from vol_sums_{{ n }}
),

vol_newton_{{ n }} as (
    select
        *,
        1 / ratio_{{ n }} as rate_{{ n }},
        bend_{{ n }} * bend_{{ n }} - 3 * steep_{{ n }} - 0.25 as twist_{{ n }},
        case piece
            when {{ LOW }} then (aim - ln_{{ n }}) * ln_{{ n }} / aim * ratio_{{ n }}
            when {{ STRAIGHT }} then (exp(aim - ln_{{ n }}) - 1) * ratio_{{ n }}
            else (ln_{{ n }} - aim) * ratio_{{ n }}
        end as newton_{{ n }},
        case piece
            when {{ LOW }} then 1 + 2 / ln_{{ n }}
            when {{ STRAIGHT }} then 0
            else -1
        end as first_{{ n }},
        case piece
            when {{ LOW }} then 2 * (1 + 3 / ln_{{ n }} * (1 + 1 / ln_{{ n }}))
            when {{ STRAIGHT }} then 0
            else 2
        end as second_{{ n }}
    from vol_slopes_{{ n }}
),

vol_orders_{{ n }} as (
    select
        *,
        bend_{{ n }} - rate_{{ n }} * first_{{ n }} as halley_{{ n }},
        twist_{{ n }} + rate_{{ n }} * rate_{{ n }} * second_{{ n }}
        - 3 * bend_{{ n }} * rate_{{ n }} * first_{{ n }} as third_{{ n }}
    from vol_newton_{{ n }}
),

vol_moves_{{ n }} as (
    select
        *,
        {{ s }}
        + newton_{{ n }} * (1 + 0.5 * halley_{{ n }} * newton_{{ n }})
        / (1 + newton_{{ n }} * (halley_{{ n }} + third_{{ n }} * newton_{{ n }} / 6)) as to_{{ n }}
    from vol_orders_{{ n }}
),

vol_step_{{ n }} as (
    select
        *,
        if(
            piece = {{ HIGH }},
            greatest(least(to_{{ n }}, 10 * {{ s }}), sbend),
            least(greatest(to_{{ n }}, 0.1 * {{ s }}), sbend)
        ) as s_{{ n }}
    from vol_moves_{{ n }}
)
{%- endmacro %}
