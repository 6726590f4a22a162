package sampler

import (
	"math"

	"argen"
)

// Dry makes tokens less probable that would go on repeating a passage, the
// more the longer the passage is: "don't repeat yourself".
//
//	l_i → l_i − Multiplier · Base^(m − AllowedLength)  if m ≥ AllowedLength
//
// m is the length of the longest passage at the end of the text that stands in
// the last LastN tokens before, there followed by token i. A passage does not
// reach over a breaker, and a breaker of one token is never penalised.
// Multiplier = 0 changes nothing, as does LastN = 0; LastN < 0 looks at the
// whole text. The exponent stops where Base to its power leaves float32.
//
// Breakers are texts: every token that holds one is a breaker, and tokens that
// one begins in and others go on. Ids, as "#12 #7", are that sequence alone. If
// none are given they are a line break, ":", the quote and "*"; "none" is no
// breaker. This is llama.cpp's rule. Rule "textgen" is text-generation-webui's:
// breakers are single tokens (of a text the last one), a passage counts at
// most 50 tokens, and where the last token is a breaker nothing is penalised.
//
// p-e-w, DRY: a modern repetition penalty, text-generation-webui #5677, 2024.
type Dry struct {
	Multiplier    float64   `json:"multiplier"`
	Base          float64   `json:"base"`
	AllowedLength int       `json:"allowed_length"`     // the longest passage that may be repeated
	LastN         int       `json:"last_n"`             // how many of the last tokens are looked at
	Rule          Semantics `json:"rule,omitempty"`     // "textgen", or "" for llama.cpp's
	Breakers      []string  `json:"breakers,omitempty"` // texts and ids that a passage ends at

	breakers breakers
}

var drySpec = Spec{
	Name: "dry", Doc: "lowers tokens that would go on repeating a passage, by multiplier · base^(its length − allowed_length)",
	Group: Repetition, Source: "p-e-w 2024; llama.cpp", Repeat: 1,
	Params: []Param{
		{Name: "multiplier", Flag: "dry-multiplier", Doc: "taken from the logit at the allowed length", Default: 0, Off: 0, Most: math.Inf(1)},
		{Name: "base", Flag: "dry-base", Doc: "by how much more for each token of the passage", Default: 1.75, Off: None, Least: 1, Most: math.Inf(1)},
		{Name: "allowed_length", Flag: "dry-allowed-length", Kind: Int, Doc: "passages shorter than this may be repeated", Default: 2, Off: None, Most: math.MaxInt32},
		{
			Name: "last_n", Flag: "dry-penalty-last-n", Kind: Int, Doc: "how many of the last tokens to look for passages in, -1 all", Default: 64, Off: None, Least: -1, Most: math.MaxInt32,
			By: map[Semantics]Value{"textgen": {Number: 1024}, "exllama": {Number: -1}},
		},
		ruleParam("textgen"),
		{Name: "breakers", Flag: "dry-sequence-breakers", Kind: Token, Doc: `a text or ids that a passage does not reach over, none for no such; without any a line break, ":", "\"" and "*"`},
	},
	New: newDry,
}

func newDry(a Args) (argen.Transform, error) {
	return Dry{
		Multiplier: a.Float(0), Base: a.Float(1), AllowedLength: a.Int(2), LastN: a.Int(3),
		Rule: a.Rule(4), Breakers: a.texts(5),
	}, nil
}

// Name implements argen.Transform.
func (Dry) Name() string { return "dry" }

// String implements argen.Transform.
func (d Dry) String() string {
	return word(d.Name(), append([]any{d.Multiplier, d.Base, d.AllowedLength, d.LastN, d.Rule}, words(d.Breakers)...)...)
}

// Bind implements argen.Binder.
func (d Dry) Bind(t argen.Tokenizer, _ argen.Model) (argen.Transform, error) {
	var err error
	d.breakers, err = bindBreakers(t, d.Breakers, d.Rule)
	return d, err
}

// Apply implements argen.Transform.
func (d Dry) Apply(c *argen.Candidates, past argen.Past) {
	ids := last(past.IDs, d.LastN)
	if d.Multiplier == 0 || len(ids) <= d.AllowedLength {
		return
	}
	shortest, longest := d.AllowedLength, d.breakers.after(ids)
	if d.Rule == "textgen" {
		shortest, longest = max(1, shortest), min(50, longest)
	}
	if longest < shortest {
		return
	}
	n := takeNotebook(c.VocabSize())
	defer n.give()
	equal := n.repeats(ids)
	for k := 1; k < len(ids); k++ {
		next := ids[len(ids)-k]
		if m := min(int(equal[k]), longest); m >= shortest && !d.breakers.single(next) {
			n.raise(next, int32(m+1)) // a count of 0 would be none
		}
	}
	most := math.MaxInt
	if d.Base > 1.000001 && d.Rule != "textgen" {
		most = int(math.Log(math.MaxFloat32) / math.Log(d.Base))
	}
	n.change(c, func(l float64, count int32) float64 {
		exponent := min(int(count)-1-d.AllowedLength, most)
		return l - float64(d.Multiplier*math.Pow(d.Base, float64(exponent)))
	})
}
