package sampler_test

import (
	"reflect"
	"strings"
	"testing"

	"argen"
	"argen/sampler"
)

func TestParse(t *testing.T) {
	for text, want := range map[string][]argen.Transform{
		"":                           nil,
		" \t":                        nil,
		"greedy":                     {sampler.Greedy{}},
		"temperature=1":              sampler.Default(),
		"temperature=-0":             {sampler.Temperature{}},
		"temperature=-1":             {sampler.Temperature{T: -1}},
		"temperature=1e-3":           {sampler.Temperature{T: 0.001}},
		"top_k":                      {sampler.TopK{K: 40}},
		"top_p,min_p":                {sampler.TopP{P: 0.95}, sampler.MinP{M: 0.05}},
		"ignore_eos":                 {sampler.IgnoreEOS{}},
		"ignore_eos=2/0/7":           {sampler.IgnoreEOS{IDs: []argen.ID{2, 0, 7}}},
		" top_k = 5 ,\tmin_p = 0.1 ": {sampler.TopK{K: 5}, sampler.MinP{M: 0.1}},
		"top_k=40,top_p=0.95,temperature=0.8": {
			sampler.TopK{K: 40}, sampler.TopP{P: 0.95}, sampler.Temperature{T: 0.8},
		},
		"top_k=k:5,min_p=m: 0.1": {sampler.TopK{K: 5}, sampler.MinP{M: 0.1}},
	} {
		got, err := sampler.Parse(text)
		if err != nil || want != nil && !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %v, %v, want %v", text, got, err, want)
		}
		if back, err := sampler.Parse(sampler.Format(got)); err != nil || !reflect.DeepEqual(back, got) {
			t.Errorf("%q: written as %q, which is %v, %v", text, sampler.Format(got), back, err)
		}
	}
}

// A stage that a Go program makes without a word, or with one that means the
// same, is written so that it can be read.
func TestFormatOfStagesMadeInGo(t *testing.T) {
	for want, stage := range map[string]argen.Transform{
		"top_k=5":                           sampler.TopK{K: 5},
		"top_k=5/rule:hf":                   sampler.TopK{K: 5, Rule: "hf"},
		"repetition_penalty=2":              sampler.RepetitionPenalty{R: 2, LastN: 64},
		"presence_penalty=0.5/7":            sampler.PresencePenalty{Q: 0.5, LastN: 7},
		"frequency_penalty=0.5/7/generated": sampler.FrequencyPenalty{F: 0.5, LastN: 7, Part: "generated"},
		"min_tokens=3":                      sampler.MinTokens{N: 3},
		"forced_eos=3/context":              sampler.ForcedEOS{N: 3, Part: "context"},
		"watermark=0.5/1/7":                 sampler.Watermark{Ratio: 0.5, Bias: 1, Key: 7},
	} {
		if got := stage.String(); got != want {
			t.Errorf("%#v is written %s, want %s", stage, got, want)
		}
		if _, err := sampler.Parse(stage.String()); err != nil {
			t.Errorf("%s cannot be read: %v", stage, err)
		}
	}
}

func TestParseErrors(t *testing.T) {
	const list = "argen help sampling lists all"
	for text, want := range map[string]string{
		"top_k=40,topp=0.9":          "chain, column 10: unknown stage \"topp\": did you mean top_p? " + list,
		"top_k=40, top-p=0.9":        "chain, column 11: unknown stage \"top-p\": did you mean top_p? " + list,
		"temp=1":                     "chain, column 1: unknown stage \"temp\": did you mean temperature? " + list,
		"frobnicate":                 "chain, column 1: unknown stage \"frobnicate\": " + list,
		"top_k 40":                   "chain, column 1: unknown stage \"top_k 40\": " + list,
		"top_k=40,":                  "chain, column 10: a stage is missing, " + list,
		",":                          "chain, column 1: a stage is missing, " + list,
		"=3":                         "chain, column 1: a stage is missing, " + list,
		"top_p=-0.1":                 `chain, column 7: top_p: p "-0.1" is out of range, it must be a number with 0 ≤ p ≤ 1`,
		"greedy,top_p=2":             `chain, column 14: top_p: p "2" is out of range, it must be a number with 0 ≤ p ≤ 1`,
		"min_p=-0.1":                 `chain, column 7: min_p: m "-0.1" is out of range, it must be a number with 0 ≤ m ≤ 1`,
		"temperature=1e999":          `chain, column 13: temperature: t "1e999" is out of range, it must be a number, any t`,
		"temperature=inf":            `chain, column 13: temperature: t "inf" is no number, it must be a number, any t`,
		"temperature=NaN":            `chain, column 13: temperature: t "NaN" is no number, it must be a number, any t`,
		"temperature=":               `chain, column 13: temperature: t "" is no number, it must be a number, any t`,
		"temperature=0x1p-2":         `chain, column 13: temperature: t "0x1p-2" is no number, it must be a number, any t`,
		"top_k=2.5":                  `chain, column 7: top_k: k "2.5" is no whole number, it must be a whole number with 0 ≤ k ≤ 2147483647`,
		"top_k=-1":                   `chain, column 7: top_k: k "-1" is out of range, it must be a whole number with 0 ≤ k ≤ 2147483647`,
		"top_k=3000000000":           `chain, column 7: top_k: k "3000000000" is out of range, it must be a whole number with 0 ≤ k ≤ 2147483647`,
		"top_k=99999999999999999999": `chain, column 7: top_k: k "99999999999999999999" is out of range, it must be a whole number with 0 ≤ k ≤ 2147483647`,
		"temperature=4/5":            `chain, column 15: temperature takes temperature=T, found "5" more`,
		"greedy=1":                   `chain, column 1: greedy takes no value, found "1"`,
		"ignore_eos=1/x":             `chain, column 14: ignore_eos: ids "x" is no whole number, it must be a whole number with 0 ≤ ids ≤ 2147483647`,
		"top_k,top_k=2":              "chain, column 7: top_k stands twice",
		"top_k=k:2/k:3":              "chain, column 13: top_k: k is given twice",
		"top_k=q:2":                  "chain, column 7: top_k has no parameter \"q\", it takes top_k=K/KEEP/RULE",
		`top_k="2`:                   `chain, column 7: top_k: the text that begins here has no end or a wrong escape: quotes are "…", with \", \\ and \n inside`,
		`top_k="2"3`:                 `chain, column 10: top_k: after a text in quotes comes / or a comma, found "3"`,
		`top_k=2"3"`:                 `chain, column 8: top_k: a quote inside a value: put all of it in quotes, with \" inside`,
		strings.Repeat("x", 100000):  "chain, column 1: unknown stage \"" + strings.Repeat("x", 40) + "\"…: " + list,
	} {
		chain, err := sampler.Parse(text)
		if err == nil || chain != nil || err.Error() != want {
			t.Errorf("%.40q: %v\n%v\nwant\n%s", text, chain, err, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"", "greedy", "top_k=40,top_p=0.95,temperature=0.8", "ignore_eos=1/2", "min_p=1e-300", "top_k==4", ",,", "temperature=5e-324", `ban=rule:hf/"a\n,"/#1`, `logit_bias="a"/-inf/b/false`, `dry=1/breakers:":"/"#1 #2"/rule:textgen`, `min_tokens=3/eos:x`, "dynatemp=t:2/0.5", `regex="(a|b)+"`, `regex="(\n"`, `token_healing=""`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		chain, err := sampler.Parse(text)
		if err != nil {
			if chain != nil || strings.ContainsAny(err.Error(), "\n\x00") || len(err.Error()) > 500 {
				t.Fatalf("%v, %q", chain, err)
			}
			return
		}
		back, err := sampler.Parse(sampler.Format(chain))
		if err != nil || !reflect.DeepEqual(back, chain) {
			t.Fatalf("%q is %v, written %q, that is %v, %v", text, chain, sampler.Format(chain), back, err)
		}
	})
}

func TestFromFlags(t *testing.T) {
	for text, want := range map[string]string{
		"":                                  "temperature=1",
		"temperature=0.8 top-k=40 top-p=.9": "top_k=40,top_p=0.9,temperature=0.8",
		"temp=0.5 min-p=0.02":               "min_p=0.02,temperature=0.5",
		"greedy=true":                       "greedy",
		"greedy=false":                      "temperature=1",
		"top-k=0":                           "top_k=0",
		"top-k=-1":                          `--top-k: "-1" is out of range, it must be a whole number with 0 ≤ k ≤ 2147483647`,
		"temperature=-0.5":                  "temperature=-0.5",
		"temp=-1 dynatemp-range=0.5":        "dynatemp=0.5/t:-1",
		"temp=x":                            `--temp: "x" is no number, it must be a number, any t`,
		"dry-base=2":                        "--dry-base: it says nothing alone, it goes with --dry-multiplier",
		"dry-multiplier=0 dry-base=2":       "dry=0/2",
		"smoothing-curve=2":                 "--smoothing-curve: it says nothing alone, it goes with --smoothing-factor",
		"dynatemp-exponent=2 top-k=3":       "--dynatemp-exponent: it says nothing alone, it goes with --dynatemp-range",
		"exponential-length-start=2":        "--exponential-length-start: it says nothing alone, it goes with --exponential-length-factor",
		"top-p=2":                           `--top-p: "2" is out of range, it must be a number with 0 ≤ p ≤ 1`,
		"top-p=x":                           `--top-p: "x" is no number, it must be a number with 0 ≤ p ≤ 1`,
	} {
		flags := map[string]string{}
		for f := range strings.FieldsSeq(text) {
			name, value, _ := strings.Cut(f, "=")
			flags[name] = value
		}
		chain, err := sampler.FromFlags(func(flag string) []string {
			if v, ok := flags[flag]; ok {
				return []string{v}
			}
			return nil
		})
		got := sampler.Format(chain)
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

func TestMake(t *testing.T) {
	for _, k := range []struct {
		stage  string
		values []sampler.Value
		want   string
	}{
		{"top_p", []sampler.Value{{Number: 2}}, "top_p: p 2 is out of range, it must be a number with 0 ≤ p ≤ 1"},
		{"top_k", []sampler.Value{{Number: 1.5}}, "top_k: k 1.5 is out of range, it must be a whole number with 0 ≤ k ≤ 2147483647"},
		{"temperature", []sampler.Value{{Number: 1}, {Number: 2}}, "temperature takes temperature=T, not 2 values"},
		{"greedy", []sampler.Value{{Number: 1}}, "greedy takes greedy, not 1 values"},
	} {
		s, ok := sampler.Lookup(k.stage)
		if tr, err := s.Make(k.values...); !ok || err == nil || tr != nil || err.Error() != k.want {
			t.Errorf("%s %v: %v, %v, want %s", k.stage, k.values, tr, err, k.want)
		}
	}
}
