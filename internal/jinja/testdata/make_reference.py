#!/usr/bin/env python3
"""Renders the templates below with Jinja2, set up as transformers sets it up for
chat templates, and writes reference.json beside this file: template, variables
and what came out, or that it was an error. The templates are our own; they use
what those of published models use.

    pip install jinja2==3.1.6
    python3 make_reference.py
"""
import json
import os

import jinja2
import jinja2.ext
import jinja2.sandbox


class Generation(jinja2.ext.Extension):
    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("_out"), [], [], body).set_lineno(line)

    def _out(self, caller):
        return caller()


def refuse(message):
    raise jinja2.exceptions.TemplateError(message)


def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


env = jinja2.sandbox.ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols])
env.filters["tojson"] = tojson
env.globals["raise_exception"] = refuse

TALK = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": " Hello there! "},
    {"role": "assistant", "content": "<think>\nA greeting.\n</think>\n\nHi."},
    {"role": "user", "content": "Count: 1, 2\n<é> 🙂"},
]
TOOLS = [{"type": "function", "function": {"name": "sum", "description": "Adds \"two\" numbers & more", "parameters": {
    "type": "object", "required": ["b", "a"], "properties": {"b": {"type": "number", "minimum": -1.5}, "a": {"type": ["number", "null"]}}}}}]
CALLS = [
    {"role": "user", "content": [{"type": "text", "text": "what is"}, {"type": "image"}, {"type": "text", "text": "1 + 2?"}]},
    {"role": "assistant", "content": None, "tool_calls": [{"id": "c1", "function": {"name": "sum", "arguments": {"a": 1, "b": 2.0}}}]},
    {"role": "tool", "tool_call_id": "c1", "content": "3"},
]
BOTH = {"bos_token": "<s>", "eos_token": "</s>", "add_generation_prompt": True}

CHAT = {
    # ChatML, with a system message of its own.
    "chatml": """{% for message in messages %}
{% if loop.first and messages[0]['role'] != 'system' %}
{{ '<|im_start|>system\\nYou help.<|im_end|>\\n' }}
{%- endif %}
{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] | string + '<|im_end|>' + '\\n' }}
{%- endfor -%}
{%- if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}
""",
    # Headers before each message, the first with the token of a beginning.
    "headers": """{{- bos_token }}
{%- set loop_messages = messages %}
{%- for message in loop_messages %}
    {%- set content = '<|header|>' + message.role + '<|end|>\\n\\n' + (message.content or '') | string | trim + '<|eot|>' %}
    {%- if loop.index0 == 0 and not date_string is defined %}
        {%- set date_string = "26 Jul 2024" %}
        {{- date_string ~ '\\n' }}
    {%- endif %}
    {{- content }}
{%- endfor %}
{{- date_string | default("unset") }}
{%- if add_generation_prompt %}
    {{- '<|header|>assistant<|end|>\\n\\n' }}
{%- endif %}""",
    # [INST], roles that alternate, and an error if they do not.
    "inst": """{%- if messages[0]["role"] == "system" %}{%- set system_message = messages[0]["content"] %}{%- set rest = messages[1:] %}{%- else %}{%- set rest = messages %}{%- endif %}
{%- set ns = namespace(index=0) -%}
{{ bos_token }}
{%- for m in rest %}
    {%- if (m.role == "user") != (ns.index % 2 == 0) %}{{ raise_exception("roles must alternate") }}{%- endif %}
    {%- if m.role == "user" %}
        {%- if loop.last and system_message is defined %}{{ "[INST] " + system_message + "\\n\\n" + m.content + "[/INST]" }}
        {%- else %}{{ "[INST] " ~ m.content ~ "[/INST]" }}{%- endif %}
    {%- else %}{{ " " + m.content|trim + eos_token }}{%- endif %}
    {%- set ns.index = ns.index + 1 %}
{%- endfor %}""",
    # Thoughts are dropped before the last question.
    "thoughts": """{%- set ns = namespace(multi_step=true, last=messages|length - 1) %}
{%- for message in messages[::-1] %}
    {%- set index = (messages|length - 1) - loop.index0 %}
    {%- if ns.multi_step and message.role == "user" and message.content is string and not(message.content.startswith('<tool>') and message.content.endswith('</tool>')) %}
        {%- set ns.multi_step = false %}
        {%- set ns.last = index %}
    {%- endif %}
{%- endfor %}
{%- for message in messages %}
    {%- if message.content is string %}{%- set content = message.content %}{%- else %}{%- set content = '' %}{%- endif %}
    {%- if message.role == "assistant" %}
        {%- set reasoning = '' %}
        {%- if '</think>' in content %}
            {%- set reasoning = content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}
            {%- set content = content.split('</think>')[-1].lstrip('\\n') %}
        {%- endif %}
        {%- if loop.index0 > ns.last or keep %}{{- '<think>' + reasoning.strip('\\n') + '</think>' }}{%- endif %}
        {{- content }}
        {%- for call in message.tool_calls %}
            {%- if (loop.first and content) or (not loop.first) %}{{- '\\n' }}{%- endif %}
            {{- '<tool_call>{"name": "' + call.function.name + '", "arguments": ' }}
            {%- if call.function.arguments is string %}{{- call.function.arguments }}{%- else %}{{- call.function.arguments | tojson }}{%- endif %}
            {{- '}</tool_call>' }}
        {%- endfor %}
    {%- else %}
        {{- '<' ~ message.role ~ '>' ~ content ~ '\\n' }}
    {%- endif %}
{%- endfor %}
{%- if enable_thinking is defined and enable_thinking is false %}{{ 'no thoughts' }}{% endif %}""",
    # Tools as a schema, by a macro that calls itself.
    "tools": """{%- macro type_of(spec, depth=0) -%}
    {%- if spec.type is string -%}{{ spec.type|upper }}
    {%- elif spec.type is iterable -%}{{ spec.type|join(' | ') }}{%- else -%}any{%- endif -%}
    {%- if spec.properties -%}
        {
        {%- for name, prop in spec.properties|dictsort -%}
            {{ '\\n' + '  ' * (depth + 1) }}{{ name }}{{ '?' if name not in (spec.required or []) else '' }}: {{ type_of(prop, depth + 1) }}{{ ',' if not loop.last }}
        {%- endfor -%}
        {{ '\\n' + '  ' * depth }}}
    {%- endif -%}
{%- endmacro -%}
{%- if tools %}{% for tool in tools %}
{{ tool.function.name }}: {{ type_of(tool.function.parameters) }}
{{ tool | tojson }}
{{ tool | tojson(indent=2) }}
{{ tool | tojson(indent=4, sort_keys=true, ensure_ascii=true) }}
{{ tool.function | items | map('first') | list }}
{% endfor %}{% endif %}
{%- for message in messages if message.role != 'system' %}
{{ loop.index }}/{{ loop.length }} {{ message['role'] }}: {% if message.content is string %}{{ message.content }}{% elif message.content is iterable and message.content is not mapping -%}
{% for part in message.content %}{% if part.type == 'text' %}{{ part['text'] }}{% else %}<{{ part.type }}>{% endif %}{% endfor %}{% else %}{{ message.content }}{% endif %}
{% for call in message.get('tool_calls', []) %}[{{ call.id }}] {{ call.function }} {{ call['function']['arguments'] | tojson(separators=(',', ':')) }}{% endfor %}

{% endfor %}""",
    # Blocks, generation, filters on blocks.
    "blocks": """{% set intro %}
  {{ messages | map(attribute='role') | join(', ') }}
{% endset %}{{ intro | trim }}
{% filter upper %}all {{ messages | selectattr('role', 'equalto', 'user') | list | length }} questions{% endfilter %}

{% for m in messages %}{% if m.role == 'assistant' %}{% generation %}{{ m.content }}{% endgeneration %}{% continue %}{% endif %}{% if loop.index > 3 %}{% break %}{% endif %}<{{ m.role }}>{% endfor %}
{% raw %}{{ not a tag }} {% if %}{% endraw %} end{# a comment #}
{% macro wrap(tag) %}<{{ tag }}>{{ caller(tag, 2) }}</{{ tag }}>{% endmacro %}
{% call(t, n) wrap('b') %}{{ t * n }}{% endcall %}
""",
}

ONE = r"""
{{ 7 // 2 }} {{ -7 // 2 }} {{ 7 % 3 }} {{ -7 % 3 }} {{ 7 / 2 }} {{ 2 ** 10 }} {{ 2 ** -1 }} {{ -2 ** 2 }} {{ 1 + 2 * 3 }} {{ (1 + 2) * 3 }} {{ 7.0 // 2 }} {{ 10 - 2 - 3 }}
{{ 1 ~ (2 + 3) }} {{ 'a' ~ 1 ~ none ~ true ~ nothing }} {{ 'ab' * 3 }} {{ [1] * 2 }} {{ [1] + [2, 'x'] }} {{ (1, 2) + (3,) }} {{ 3 * 'ab' }}
{{ 1.0 }} {{ 0.1 + 0.2 }} {{ 1e20 }} {{ 1e-7 }} {{ 1.5e16 }} {{ 123456789012345.0 }} {{ 1_000 }} {{ true }} {{ none }} {{ [1.0, true, none, 'it\'s', "q\"'", 'é\n\t\\'] }} {{ {'a': 1, 2: [3]} }} {{ (1,) }} {{ () }}
{{ 1 < 2 <= 2 }} {{ 1 < 2 > 3 }} {{ 'a' < 'b' }} {{ [1, 2] < [1, 3] }} {{ 1 == 1.0 }} {{ true == 1 }} {{ '1' == 1 }} {{ [1] == [1.0] }} {{ (1,) == [1] }} {{ nothing == none }} {{ nothing == other }} {{ {'a': 1} == {'a': 1.0} }}
{{ 'b' in 'abc' }} {{ 2 in [1, 2] }} {{ 'k' in {'k': 1} }} {{ 'x' not in 'abc' }} {{ 1 in nothing }} {{ not 1 in [1] }} {{ 2 not in [1] and true }}
{{ 'yes' if 1 else 'no' }} {{ 'yes' if 0 }}| {{ 'a' if 0 else 'b' if 0 else 'c' }} {{ 0 or 'x' }} {{ '' and 'x' }}| {{ not none }} {{ 1 and 2 or 3 }}
{{ 'abc'[0] }} {{ 'abc'[-1] }} {{ 'abc'[1:] }} {{ 'abcdef'[::2] }} {{ 'abc'[::-1] }} {{ [1, 2, 3][:-1] }} {{ [1, 2, 3][-2:] }} {{ [1, 2, 3][5:] }} {{ 'é🙂x'[1] }} {{ [1, 2, 3][::-2] }} {{ [1, 2, 3][10] }}| {{ 'abc'[1:2] }} {{ [1,2,3,4][3:0:-1] }} {{ [1,2,3,4][-100:100] }}
{{ {'a': {'b': 1}}.a.b }} {{ {'a': 1}['a'] }} {{ {'a': 1}.x }}| {{ {'items': 1}['items'] }} {{ {'get': 2}.get('get') }} {{ {'a': 1}.get('b') }} {{ {'a': 1}.get('b', 5) }} {{ [4, 5].1 }} {{ {'a':1}.keys() | list }} {{ {'a':1}.values() | list }} {{ {'a':1,'b':2}.items() | list }}
{{ ' a b '.strip() }}| {{ 'xxaxx'.strip('x') }} {{ 'xxaxx'.lstrip('x') }} {{ 'xxaxx'.rstrip('x') }} {{ 'a,b,,c'.split(',') }} {{ ' a  b '.split() }} {{ 'a b c'.split(' ', 1) }} {{ 'a b c'.rsplit(' ', 1) }} {{ ' a b  c '.split(none, 1) }} {{ 'a\nb\n'.splitlines() }} {{ ''.split(',') }} {{ ''.split() }} {{ ' a b '.rsplit(none, 1) }}
{{ 'abc'.startswith('ab') }} {{ 'abc'.endswith(('x', 'bc')) }} {{ 'aBc'.upper() }} {{ 'aBc'.lower() }} {{ 'hello wORLD'.title() }} {{ 'hELLO'.capitalize() }} {{ 'abab'.replace('ab', 'x') }} {{ 'abab'.replace('ab', 'x', 1) }} {{ 'abab'.count('b') }} {{ 'éab'.find('b') }} {{ 'x'.find('y') }} {{ 'abab'.rfind('a') }} {{ '-'.join(['a', 'b']) }} {{ '42'.zfill(5) }} {{ '-42'.zfill(5) }} {{ 'prefix-x'.removeprefix('prefix-') }} {{ 'x.py'.removesuffix('.py') }} {{ '12'.isdigit() }} {{ 'aB'.isupper() }} {{ 'a=b=c'.partition('=') }} {{ '{} {1} {x} {{}}'.format(1, 2, x=3) if 0 else '{0}-{x}'.format('a', x='b') }} {{ 'aB'.swapcase() }}
{{ ' x ' | trim }}| {{ 'xax' | trim('x') }} {{ 'a' | upper }} {{ nothing | default('d') }} {{ '' | default('d') }}| {{ '' | default('d', true) }} {{ none | d('d') }} {{ [3, 1, 2] | sort }} {{ ['b', 'A'] | sort }} {{ [3, 1] | sort(reverse=true) }} {{ [{'a': 2}, {'a': 1}] | sort(attribute='a') }} {{ [1, 2] | first }} {{ [1, 2] | last }} {{ [] | first }}| {{ 'abc' | first }} {{ 'abc' | reverse }} {{ [1, 2] | reverse | list }} {{ [1, 1, 2] | unique | list }} {{ ['a', 'A'] | unique | list }}
{{ [1, 2] | join('-') }} {{ [{'a': 1}, {'a': 2}] | join('-', attribute='a') }} {{ '12' | int + 1 }} {{ 'x' | int }} {{ 'x' | int(7) }} {{ '1.9' | int }} {{ 2.9 | int }} {{ '1.5' | float }} {{ 'x' | float }} {{ 3 | string ~ '!' }} {{ 'abc' | list }} {{ {'a': 1} | list }} {{ 'abc' | length }} {{ {'b': 1, 'a': 2} | dictsort }} {{ {'b': 1, 'a': 2} | dictsort(by='value') }} {{ {'b': 1} | items | list }} {{ [1, 2, 3] | sum }} {{ [{'a': 1}, {'a': 2}] | sum(attribute='a') }} {{ [2, 3, 1] | max }} {{ [2, 3, 1] | min }} {{ -3 | abs }} {{ 'a b  c' | wordcount }}
{{ 2.5 | round }} {{ 3.5 | round }} {{ 2.567 | round(2) }} {{ 2.4 | round(method='ceil') }} {{ 42 | round }} {{ 2.675 | round(2) }} {{ 1234.5 | round(-2) }} {{ 5.5 | round(0, 'floor') }}
{{ [1, 0, 2] | select | list }} {{ [1, 0] | reject | list }} {{ [1, 2, 3] | select('gt', 1) | list }} {{ [1, 2, 3] | reject('odd') | list }} {{ [{'a': 1}, {}] | selectattr('a') | list }} {{ [{'a': 1}, {'a': 2}] | rejectattr('a', 'eq', 1) | list }} {{ [{'a': {'b': 1}}] | map(attribute='a.b') | list }} {{ [{}] | map(attribute='a', default='x') | list }} {{ ['a', 'b'] | map('upper') | list }} {{ [' a '] | map('trim') | join }} {{ [{'a': 1}] | selectattr('a', 'defined') | list }} {{ ['a','b'] | map('replace', 'a', 'c') | list }}
{{ 'a\nb\n\nc' | indent }}| {{ 'a\nb' | indent(2, true) }}| {{ 'a\n\nb' | indent(1, blank=true) }}| {{ 'a\nb' | indent('>') }} {{ '<a & "b">' | e }} {{ '<b>' | safe }} {{ 'aab' | replace('a', 'x') }} {{ 'aab' | replace('a', 'x', 1) }} {{ 'hello big-world (foo)' | title }} {{ 'hELLO' | capitalize }} {{ [1, 2, 3, 4, 5] | batch(2) | list }} {{ [1, 2, 3] | batch(2, 'x') | list }}
{{ {'a': 1} | tojson }} {{ [1.0, 'é', none, true, "\u2028\"\\/<>&'\x7f\x01"] | tojson }} {{ [1.0, 'é🙂'] | tojson(ensure_ascii=true) }} {{ [] | tojson(indent=2) }} {{ {} | tojson(indent=2) }} {{ [1, [2, {'a': []}]] | tojson(indent=2) }} {{ {'b': 1, 'a': 2} | tojson(sort_keys=true) }} {{ [1, {'a': 2}] | tojson(separators=(',', ':')) }} {{ 1e20 | tojson }} {{ {1: 2} | tojson }} {{ (1, 2) | tojson }} {{ 'x' | tojson }}
{{ 1 is integer }} {{ true is integer }} {{ true is number }} {{ 1.0 is float }} {{ 'a' is string }} {{ [] is sequence }} {{ 'a' is sequence }} {{ {} is mapping }} {{ none is none }} {{ nothing is defined }} {{ nothing is undefined }} {{ nothing is not defined }} {{ 3 is odd }} {{ 4 is divisibleby 2 }} {{ 4 is even }} {{ 1 is eq 1 }} {{ 1 is in [1, 2] }} {{ true is true }} {{ 1 is true }} {{ false is false }} {{ 'A' is upper }} {{ range is callable }} {{ 1 is sameas 1 }} {{ 1 is sameas 1.0 }} {{ 'a' is iterable }} {{ 3 is gt 2 }} {{ 1 is boolean }} {{ 5 is ge(5) }} {{ none is none and 1 }} {{ [1] is not mapping }} {{ 'a' is in('abc') }}
{{ range(3) | list }} {{ range(1, 7, 3) | list }} {{ range(3, 0, -1) | list }} {{ range(0) | list }} {{ dict(a=1, b=2) }} {{ dict({'x': 1}, y=2) }} {% set ns = namespace(x=1, y='a') %}{{ ns.x }}{% set ns.x = ns.x + 1 %}{{ ns.x }}{{ ns['y'] }} {% set j = joiner('; ') %}{% for i in range(3) %}{{ j() }}{{ i }}{% endfor %} {% set c = cycler('a', 'b') %}{{ c.next() }}{{ c.next() }}{{ c.next() }}{{ c.current }}
{% for i in [1, 2, 3] %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }}{{ loop.cycle('a', 'b') }}{{ loop.previtem }}{{ loop.nextitem }};{% endfor %}
{% for k, v in {'a': 1, 'b': 2}.items() %}{{ k }}={{ v }},{% endfor %}{% for k in {'a': 1} %}{{ k }}{% endfor %}{% for c in 'abc' %}{{ c }}.{% endfor %}{% for x in [] %}x{% else %}none{% endfor %}{% for x in nothing %}x{% else %}nothing{% endfor %}{% for (a, b) in [(1, 2)] %}{{ a + b }}{% endfor %}
{% for x in [1, 2, 3, 4] if x is even %}{{ loop.index }}:{{ x }} {% endfor %}{% for x in range(9) %}{% if x == 1 %}{% continue %}{% elif x == 4 %}{% break %}{% endif %}{{ x }}{% endfor %}
{% for x in [1, [2, [3]], 4] recursive %}{% if x is iterable %}({{ loop(x) }}){% else %}{{ x }}@{{ loop.depth }}{% endif %}{% endfor %} {% for x in [1, 1, 2] %}{{ loop.changed(x) }}{% endfor %}
{% set x = 1 %}{% for i in [1] %}{% set x = 2 %}{{ x }}{% endfor %}{{ x }}{% if true %}{% set x = 3 %}{% endif %}{{ x }} {% set a, b = 1, 2 %}{{ a }}{{ b }} {% set t = 1, 2 %}{{ t }} {% set s %}  in {{ x }} {% endset %}[{{ s }}] {% set u | upper | trim %} up {% endset %}[{{ u }}]
{% macro f(a, b=2, c=a) %}{{ a }}{{ b }}{{ c }}{% endmacro %}{{ f(1) }} {{ f(1, 3) }} {{ f(a=1, c=9) }} {{ f() }}| {% macro r(n) %}{{ n }}{% if n > 0 %}{{ r(n - 1) }}{% endif %}{% endmacro %}{{ r(4) }} {% macro g() %}{{ x }}{% endmacro %}{% set x = 5 %}{{ g() }}
  {% if true %}  a  {% endif %}  b
  {%- if true -%}  a  {%- endif -%}  b
  {%+ if true +%}  a {%+ endif %} b
a {{- ' b ' -}} c {# x #} d {#- y -#} e
{{ '{{' }} {{ "}}" }} {{ {'a': {'b': 1}} }} {% if '%}' %}ok{% endif %} {{ 'a' 'b' }} {{ "tab\there" }} {{ '\u00e9\x41' }} {{ 'back\\slash \d' }}
{{ messages }} {{ messages[0] }} {{ messages[0].content | tojson }} {{ messages | length }} {{ messages[-1]['role'] }} {{ messages[99] }}| {{ messages[0].missing }}| {{ messages[0].missing is defined }} {{ bos_token + 'x' }}
{% for message in messages %}{{ message.role }}{% if not loop.last %}, {% endif %}{% endfor %}
{{ (messages | selectattr('role', 'eq', 'user') | list)[0].content }} {{ messages | map(attribute='content') | map('length') | sum }} {{ messages | rejectattr('role', 'in', ['user', 'system']) | map(attribute='role') | list }}
{{ 1 if messages[0].role == 'system' else 2 }} {% if messages is iterable and messages is not string %}many{% endif %} {% if messages[0] is mapping %}map{% endif %} {{ messages[1:] | length }} {{ loop is defined }}
{{ '%s and %5d|%-5s|%05.1f|%x|%%' | format('a', 42, 'b', 3.14159, 255) }} {{ '%s' % 'x' }} {{ '%s-%s' % (1, none) }} {{ '%.3s' % 'abcdef' }} {{ '%r' % 'a' }} {{ '%c' % 'a' }} {{ '%+d' % 3 }}
{% if false %}{{ 1 | nofilter }}{{ 1 is notest }}{% endif %}{{ 'ok' if true else 1 | nofilter }}
{{ '%d' % 'x' }}
{{ '%s %s' % (1,) }}
{{ '%s' | format(1, 2) }}
{{ nothing.x }}
{{ nothing() }}
{{ nothing + 1 }}
{{ none.x }}|
{{ none.x.y }}
{{ 1 + 'a' }}
{{ 'a' < 1 }}
{{ 1 / 0 }}
{% for x in 5 %}{% endfor %}
{% for x in none %}{% endfor %}
{{ raise_exception('no') }}
{{ messages.append(1) }}
{{ {'a': 1}.update({'b': 2}) }}
{{ 'a'.__class__ }}
{{ 'a' | nofilter }}
{{ 'a' is notest }}
{% include 'x' %}
{% if true %}
{{ 'a }}
{{ [1, 2 }}
{% endfor %}
{{ 1 2 }}
{% set messages.x = 1 %}
{% for a, b in [1] %}{% endfor %}
{{ range(10000000) | length }}
{{ 5 | items | list }}
{{ 'x' in 5 }}
{{ 1 in 'x' }}
{{ [] | tojson(indent=2) | length }} {{ '' ~ [none] }} {{ 'x' | join(',') }} {{ none | string }} {{ '%' }}
{{ undefined_function is callable }} {{ messages[0].role.upper() }} {{ messages[0]['role'] | length > 3 }} {{ not messages }} {{ 'a' == 'a' and 'b' != 'c' }} {{ (1 if true else 2) + 1 }} {{ -1 | abs }}
{{ 'x' if not messages is defined else 'y' }} {{ messages|first is mapping }} {{ 'a,b' | replace(',', '\n') | indent(2) }} {{ [[1, 2], [3]] | sum(start=[]) }} {{ ['x', 'y'] | last | upper }} {{ ('a' ~ 'b') | length }} {{ 'a' ~ 'b' | length }}
"""

# Lines that belong together are one case: those of white space.
cases = [(name, t, {**BOTH, "messages": m, "tools": tools}) for name, t in CHAT.items() for m, tools in ((TALK, None), (CALLS, TOOLS), (TALK[1:2], TOOLS), ([], None))]
cases += [("one", line, {**BOTH, "messages": TALK}) for line in ONE.split("\n") if line]
cases += [("space", t, {"x": 1, "messages": []}) for t in (
    "  {% if x %}\n    a\n  {% endif %}\n  b\n", "a\n\n{% if x %}\n\nb{% endif %}\n\n", "{%- if x -%}\n\n a \n\n{%- endif -%}\n\n", " {{ x }} \n {{- x -}} \n", "{# c #}\n a {# d #}\n",
    "{% raw %}\n {{ x }}\n{% endraw %}\n b", "  {%- raw -%}  {% x %}  {%- endraw -%}  c", "a\r\nb\r{% if x %}\r\nc{% endif %}\r\n", "\n\n{{ x }}\n\n", "  {%+ if x %}y{% endif +%}\nz", "{% if x %}a{% endif %}\n  {% set y = 2 %}\n  {{ y }}\n", "{% for i in [1, 2] %}\n  - {{ i }}\n{% endfor %}\nend", "x   {# a #}   \n   {# b #}\ny")]

out = []
for name, template, variables in cases:
    case = {"name": name, "template": template, "vars": variables}
    try:
        case["text"] = env.from_string(template).render(**variables)
    except Exception as e:  # whatever it is, ours must be an error too
        case["error"] = f"{type(e).__name__}: {e}"
    out.append(case)
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "reference.json"), "w") as f:
    json.dump({"made_with": "jinja2 " + jinja2.__version__, "cases": out}, f, ensure_ascii=False, indent=1)
    f.write("\n")
print(len(out), "cases,", sum("error" in c for c in out), "errors")
