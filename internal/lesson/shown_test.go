package lesson

import (
	"bytes"
	"encoding/json"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"argen/internal/words"
)

// shownNumber is a number as texts have it, maybe a share.
var shownNumber = regexp.MustCompile(`<?−?\d+(?:,\d{3})*(?:\.\d+)?(?:e[−+]?\d+)?`)

// checkShown fails where the page of a lesson has a number that its JSON has not.
// Numbers in sentences must be in the JSON as numbers, rounded to the digits that
// are shown; those that the catalogue or a name says are no results.
func checkShown(t *testing.T, lab *Lab, l *Lesson, r *Record) {
	t.Helper()
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var tree map[string]any
	if err := json.Unmarshal(data, &tree); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"texts", "version", "seed"} {
		delete(tree, key)
	}
	for _, v := range tree["verdicts"].([]any) {
		delete(v.(map[string]any), "text")
	}
	var measured []float64
	said := map[string]bool{}
	say := func(text string) {
		for _, s := range shownNumber.FindAllString(text, -1) {
			said[s] = true
		}
	}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case float64:
			measured = append(measured, v)
		case string:
			say(v)
		case []any:
			for _, x := range v {
				walk(x)
			}
		case map[string]any:
			for _, x := range v {
				walk(x)
			}
		}
	}
	walk(tree)
	none := words.Map{}
	for _, key := range lab.Words.Keys() {
		if strings.HasPrefix(key, l.key("")) || strings.HasPrefix(key, "explain.") {
			for _, place := range lab.Words.Places(key) {
				none[place] = ""
			}
			say(lab.Words.Say(key, none))
		}
	}
	for _, v := range []View{{}, {Plain: true}} {
		v.Words, v.Width = lab.Words, 100
		var b bytes.Buffer
		if err := v.Tell(&b, r, -1); err != nil {
			t.Fatal(err)
		}
		for _, s := range shownNumber.FindAllString(b.String(), -1) {
			if !said[s] && s[0] != '<' && !measuredAs(s, measured) {
				t.Errorf("%s: the page has %s, which the JSON has not", lab.Words.Language, s)
			}
		}
	}
}

// measuredAs reports whether one of the numbers, or a hundred times it as a share in
// %, rounds to what is shown.
func measuredAs(shown string, numbers []float64) bool {
	plain := strings.NewReplacer(",", "", "−", "-").Replace(shown)
	x, err := strconv.ParseFloat(plain, 64)
	if err != nil {
		return false
	}
	mantissa, power, _ := strings.Cut(plain, "e")
	exponent, _ := strconv.Atoi(power)
	_, decimals, _ := strings.Cut(mantissa, ".")
	half := .5 * math.Pow10(exponent-len(decimals)) * (1 + 1e-9)
	for _, n := range numbers {
		if math.Abs(n-x) <= half || math.Abs(100*n-x) <= half {
			return true
		}
	}
	return false
}

func TestMeasuredAs(t *testing.T) {
	numbers := []float64{.0764, 977, 1.2e-15, -3.25}
	for shown, want := range map[string]bool{"7.6": true, "7.7": false, "977": true, "978": false, "1.2e−15": true, "1.3e−15": false, "−3.25": true, "3.25": false, "0.08": true} {
		if measuredAs(shown, numbers) != want {
			t.Errorf("%s among %v: not %v", shown, numbers, want)
		}
	}
}
