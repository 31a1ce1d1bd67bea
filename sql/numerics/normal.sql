{#- The normal distribution in plain arithmetic, for DuckDB has neither erf nor its complement. -#}

{#- (1 + 2 a) erfcx(a) for a >= 0 as a polynomial in (a - POLE) / (a + POLE), constant first;
    erfcx(a) = exp(a^2) erfc(a). FINE is right to 5e-16, COARSE to 2e-6, both relative; derived by
    tests/options/erfcx.py. -#}
{%- set POLE = 3 -%}
{%- set FINE = [
    '1.25300805826972961e+00',
    '-1.35621106124575730e-01',
    '-4.75622943534457568e-02',
    '1.29645158702280994e-01',
    '-1.19273663415753350e-01',
    '6.83080273564405094e-02',
    '-2.37705149071248609e-02',
    '2.52939166662116254e-03',
    '1.88869022176033421e-03',
    '-7.79831276440302976e-04',
    '-1.05158888745707994e-04',
    '1.25095299696928631e-04',
    '4.94579178887878271e-06',
    '-2.00899746019375617e-05',
    '-7.21891091390969340e-07',
    '3.45426408154490153e-06',
    '3.40408112033440063e-07',
    '-5.96373575707221250e-07',
    '-1.23297236558140507e-07',
    '8.76476342994291520e-08',
    '2.90009603345580691e-08',
    '-7.63980570666018386e-09',
    '-3.39119751496419945e-09',
] -%}
{%- set COARSE = [
    '1.25300805826972961e+00',
    '-1.35601631561562158e-01',
    '-4.75589374483421090e-02',
    '1.29382354985132397e-01',
    '-1.19318565200297502e-01',
    '6.92852033968540532e-02',
    '-2.36074668118006620e-02',
    '1.12551815934306960e-03',
    '1.66685249831731289e-03',
] -%}

{#- Where the polynomials are taken for a >= 0; written so that infinity gives 1. -#}
{% macro place(a) -%}
(1 - {{ 2 * POLE }} / ({{ a }} + {{ POLE }}))
{%- endmacro %}

{#- A polynomial, constant first. -#}
{% macro horner(coefficients, q) -%}
{{ '(' * (coefficients | length - 1) }}{{ coefficients[-1] }}
{%- for coefficient in coefficients[-2::-1] %} * {{ q }} + {{ coefficient }}){% endfor %}
{%- endmacro %}

{#- exp(a^2) erfc(a) for a >= 0. -#}
{% macro erfcx(a) -%}
({{ horner(FINE, place(a)) }} / (1 + 2 * {{ a }}))
{%- endmacro %}

{#- Density at x. -#}
{% macro pdf(x) -%}
(3.98942280401432678e-01 * exp(-0.5 * {{ x }} * {{ x }}))
{%- endmacro %}

{#- Probability below x, to the last digits in both tails: what lies beyond |x|, or 1 less that.
    Nothing stands inside a CASE, where DuckDB would work out every repeated term anew. -#}
{% macro cdf(x) -%}
{%- set is_above = '(' ~ x ~ ' > 0)::double' -%}
({{ is_above }} + (0.5 - {{ is_above }}) * exp(-0.5 * {{ x }} * {{ x }})
    * {{ erfcx('abs(' ~ x ~ ') * 7.07106781186547524e-01') }})
{%- endmacro %}
