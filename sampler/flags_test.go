package sampler_test

import (
	"strings"
	"testing"

	"argen/sampler"
)

// Flags that several stages share, that another stage absorbs, and that change
// what a preset has.
func TestFlagsTogether(t *testing.T) {
	const shared = "--penalty-last-n: it says nothing alone, it goes with --repetition-penalty, --frequency-penalty, --presence-penalty"
	for _, k := range []struct {
		preset, flags, want string
	}{
		{"", "penalty-last-n=5 repetition-penalty=1.2", "repetition_penalty=1.2/last_n:5"},
		{"", "penalty-last-n=5 presence-penalty=1 frequency-penalty=2", "frequency_penalty=2/last_n:5,presence_penalty=1/last_n:5"},
		{"", "penalty-last-n=5", shared},
		{"", "penalty-last-n=5 temperature=2", shared},
		{"presence_penalty=1,top_k=3", "penalty-last-n=5", "presence_penalty=1/last_n:5,top_k=3"},

		{"", "dynatemp-range=0.5", "dynatemp=0.5"},
		{"", "dynatemp-range=0.5 temperature=0.8", "dynatemp=0.5/t:0.8"},
		{"", "temp=0.8 dynatemp-exponent=2 dynatemp-range=0.5", "dynatemp=0.5/exponent:2/t:0.8"},
		{"temperature=0.7,top_k=3", "dynatemp-range=0.5", "dynatemp=0.5/t:0.7,top_k=3"},
		{"top_k=3,temperature=0.7", "dynatemp-range=0.5 temperature=0.9", "top_k=3,dynatemp=0.5/t:0.9"},
		{"top_k=3,dynatemp=0.5/t:0.7", "dynatemp-range=0.2", "top_k=3,dynatemp=0.2/t:0.7"},
		{"top_k=3,dynatemp=0.5/t:0.7", "temperature=0.9 dynatemp-range=0.5", "top_k=3,dynatemp=0.5/t:0.9"},

		{"dry=0.5/1.5/3/breakers:\"a\"/\"b\"", "dry-base=2", `dry=0.5/base:2/allowed_length:3/breakers:"a"/"b"`},
		{"dry=0.5/1.5/3/breakers:\"a\"/\"b\"", "dry-sequence-breakers=c", `dry=0.5/base:1.5/allowed_length:3/breakers:"c"`},
		{"dry=0.5/1.5/3/breakers:\"a\"", "dry-base=1.75 dry-allowed-length=2 dry-multiplier=1", `dry=1/breakers:"a"`},
		{"", "ban=a|#1_#2 logit-bias=x=y=-1.5|z=false", `logit_bias="x=y"/-1.5/"z"/-inf,ban="a"/"#1 #2"`},
		{"", "logit-bias=x", `--logit-bias: "x" is not TOKEN=BIAS`},
	} {
		flags := map[string][]string{}
		for f := range strings.FieldsSeq(k.flags) {
			name, value, _ := strings.Cut(f, "=")
			flags[name] = strings.Split(strings.ReplaceAll(value, "_", " "), "|")
		}
		preset := sampler.Preset{Chain: k.preset}
		for s := range strings.SplitSeq(k.preset, ",") { // in its own order
			name, _, _ := strings.Cut(s, "=")
			preset.Order = append(preset.Order, name)
		}
		if k.preset == "" {
			preset.Order = nil
		}
		chain, err := preset.FromFlags(func(flag string) []string { return flags[flag] })
		got := sampler.Format(chain)
		if err != nil {
			got = err.Error()
		} else {
			k.want = plain(t, k.want)
		}
		if got != k.want {
			t.Errorf("%s with %s: %s\nwant %s", k.preset, k.flags, got, k.want)
		}
	}
}
