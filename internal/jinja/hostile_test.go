package jinja

import (
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"argen/internal/testtime"
)

// TestHostile renders templates that would take all time or memory there is:
// each is stopped soon, with the line.
func TestHostile(t *testing.T) {
	deep := func(open, middle, end string) string {
		return strings.Repeat(open, 200_000) + middle + strings.Repeat(end, 200_000)
	}
	for name, source := range map[string]string{
		"loops":            "{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}{% endfor %}{% endfor %}{% endfor %}",
		"a loop of loops":  "{% for a in [1, 2] recursive %}{{ loop([1, 2]) }}{% endfor %}",
		"recursion":        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
		"two macros":       "{% macro f() %}{{ g() }}{% endmacro %}{% macro g() %}{{ f() }}{{ f() }}{% endmacro %}{{ f() }}",
		"a caller":         "{% set ns = namespace() %}{% macro m() %}{% set ns.f = caller %}{% endmacro %}{% call m() %}{{ ns.f() }}{% endcall %}{{ ns.f() }}",
		"a default":        "{% macro f(a=f()) %}{% endmacro %}{{ f() }}",
		"repeat":           "{{ 'ab' * 1000000000000 }}",
		"repeat a list":    "{{ [1, 2] * 1000000000000 }}",
		"repeat nothing":   "{{ [] * 9223372036854775807 }}",
		"doubling":         "{% set ns = namespace(x='ab') %}{% for i in range(60) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
		"doubling a list":  "{% set ns = namespace(x=[1]) %}{% for i in range(60) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
		"nested lists":     "{% set ns = namespace(x=[]) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}",
		"deep lists":       "{% set ns = namespace(x=[]) %}{% for i in range(9999) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x }}",
		"equal lists":      "{% set ns = namespace(x=[], y=[]) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% set ns.y = [ns.y, ns.y] %}{% endfor %}{{ ns.x == ns.y }}",
		"deep JSON":        "{% set ns = namespace(x=[]) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x | tojson }}",
		"itself":           "{% set ns = namespace() %}{% set ns.x = [ns] %}{{ ns }}",
		"replace":          "{% set x = 'a' * 100000 %}{{ x | replace('a', x) }}",
		"replace nothing":  "{% set x = 'a' * 100000 %}{{ x.replace('', x) }}",
		"join":             "{{ range(99999) | join('a' * 100000) }}",
		"indent":           "{{ ('a\n' * 100000) | indent(100000) }}",
		"indent JSON":      "{{ range(99999) | list | tojson(indent=100000) }}",
		"deep indent JSON": "{{ " + strings.Repeat("[", 90) + strings.Repeat("]", 90) + " | tojson(indent=' ' * 1000000) }}",
		"letters":          "{% set x = 'a' * 1000000 %}{% for i in range(99999) %}{% if x.isalpha() %}{% endif %}{% endfor %}",
		"a kept method":    "{% set x = ('a' * 1000000).isalpha %}{% for i in range(99999) %}{% if x() %}{% endif %}{% endfor %}",
		"strip":            "{% set x = 'a' * 1000000 %}{{ x.strip('b' * 1000000 ~ 'a') }}",
		"trim":             "{% set x = ' ' * 1000000 %}{% for i in range(99999) %}{% set y = x | trim ~ (x | int) ~ (x | float) ~ (x | wordcount) %}{% endfor %}",
		"order":            "{% set x = 'a' * 1000000 %}{% set y = 'a' * 1000000 %}{% for i in range(99999) %}{% if x < y %}{% endif %}{% endfor %}",
		"keys":             "{% set x = 'a' * 1000000 %}{% for i in range(99999) %}{% if x in {} %}{% endif %}{% endfor %}",
		"prefixes":         "{% set x = 'a' * 500000 %}{{ x.startswith(((x ~ 'b',) * 100000)[:99999]) }}{{ (x ~ 'c').startswith((x ~ 'b',) * 100000) }}",
		"signs":            "{% set x = '%%' * 500000 %}{% for i in range(99999) %}{% set y = x % () %}{% endfor %}",
		"is upper":         "{% set x = 'A' * 1000000 %}{% for i in range(99999) %}{% if x is upper %}{% endif %}{% endfor %}",
		"format":           "{{ '%9999d' * 10000 % (1,) }}{{ ('%9999d' * 1000) % range(1000) | list }}",
		"output":           "{% for i in range(99999) %}{{ 'a' * 1000 }}{% endfor %}",
		"unique":           "{{ range(99999) | unique | list }}",
		"power":            "{{ 3 ** 9223372036854775807 }}",
		"power of one":     "{{ (-1) ** 9223372036854775807 }}",
		"split":            "{% for i in range(9999) %}{% set x = ('a ' * 50000).split() %}{% endfor %}",
		"characters":       "{% set x = 'a' * 1000000 %}{% for i in range(9999) %}{% set y = x[i] %}{% endfor %}",
		"range":            "{{ range(1000000000000) | length }}",
		"a range's edge":   "{{ range(9223372036854775000, 9223372036854775807, 1) | list | length }}{{ range(0, 9223372036854775807, 9223372036854775806) | list }}{{ 1 // 0 }}",
		"brackets":         deep("{{ ((", "1", ")) }}"),
		"brackets in one":  "{{ " + deep("(", "1", ")") + " }}",
		"lists":            "{{ " + deep("[", "1", "]") + " }}",
		"not":              "{{ " + strings.Repeat("not ", 200_000) + "1 }}",
		"minus":            "{{ " + strings.Repeat("- ", 200_000) + "1 }}",
		"else":             "{{ " + strings.Repeat("1 if 0 else ", 80_000) + "1 }}",
		"ifs":              deep("{% if 1 %}", "", ""),
		"a long template":  strings.Repeat("a", MaxSource+1),
		"a long sum":       "{{ 1" + strings.Repeat(" + 1", 200_000) + " }}{{ 1 / 0 }}",
		"a long path":      "{{ a" + strings.Repeat(".a", 200_000) + " }}",
		"a long filter":    "{{ 1" + strings.Repeat(" | abs", 100_000) + " }}{{ 1 / 0 }}",
		"no end":           "{% raw %}" + strings.Repeat("{% raw %}", 100_000),
		"comments":         strings.Repeat("{#", 100_000),
		"a mapped replace": "{{ ['a' * 1000] * 900 | map('replace', 'a', 'b' * 900) | list }}",
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		text, err := "", error(nil)
		took := testtime.Of(func() {
			var tmpl *Template
			if tmpl, err = Parse(name, source); err == nil {
				text, err = tmpl.Render(map[string]any{}, Options{})
			}
		})
		runtime.ReadMemStats(&after)
		var where *Error
		if !errors.As(err, &where) || where.Line < 1 || where.Msg == "" {
			t.Errorf("%s: %q, %v", name, text[:min(len(text), 100)], err)
		}
		if took > time.Minute {
			t.Errorf("%s took %v", name, took)
		}
		if most := uint64(300 << 20); after.TotalAlloc-before.TotalAlloc > most {
			t.Errorf("%s made %d MiB", name, (after.TotalAlloc-before.TotalAlloc)>>20)
		}
	}
}

// FuzzRender renders any template: it ends, soon, with a text or an error that
// has a line.
func FuzzRender(f *testing.F) {
	for _, r := range references(f) {
		f.Add(r.Template)
	}
	f.Fuzz(func(t *testing.T, source string) {
		tmpl, err := Parse("template", source)
		if err == nil {
			talk, bad := readJSON("talk", []byte(`[{"role":"user","content":"a <b> \n c","n":[1,2.5,null,true]},{"role":"assistant","content":"ok"}]`))
			if bad != nil {
				t.Fatal(bad)
			}
			text := ""
			if text, err = tmpl.Render(map[string]any{"messages": talk, "bos_token": "<s>", "add_generation_prompt": true}, Options{}); len(text) > 2*MaxText {
				t.Errorf("%d bytes", len(text))
			}
		}
		var where *Error
		if err != nil && (!errors.As(err, &where) || where.Line < 1) {
			t.Errorf("%v", err)
		}
	})
}
