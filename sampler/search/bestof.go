package search

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"argen"
	"argen/sampler"
)

// BestOf draws N texts and takes the best of them.
//
//	by "mean":  Σ ln P(token | before) / number of tokens
//	by "total": Σ ln P(token | before)
//
// P is the model's own; the chain decides what is drawn. The mean is the same
// order as the least perplexity, exp(−mean). The first text is the one that the
// run's dice would have drawn, and each further one has the seed after that of
// the one before, so that the best of N is among what N samples give. Equal
// scores: the earlier text.
//
// best_of in the OpenAI API, vLLM and text-generation-inference, which rank by
// the mean.
type BestOf struct {
	N  int    // texts drawn, 0: 1
	By string // "mean" or "total", "": "mean"
}

var bestOfForm = Form{
	Name: "best_of", Doc: "draws n texts and takes the one with the highest ln P a token, which is the least perplexity, or in total",
	Source: "OpenAI API, text-generation-inference",
	Params: []sampler.Param{
		{Name: "n", Flag: "best-of", Kind: sampler.Int, Doc: "texts drawn", Default: 4, Off: 1, Least: 1, Most: MostTexts},
		{Name: "by", Flag: "best-by", Kind: sampler.Choice, Doc: "what is compared", Words: []string{"mean", "total"}},
	},
	New: func(a sampler.Args) (Procedure, error) { return BestOf{N: a.Int(0), By: a.Text(1)}, nil },
}

// Name implements Procedure.
func (BestOf) Name() string { return "best_of" }

// String implements Procedure.
func (b BestOf) String() string { return word(b.Name(), max(b.N, 1), cmp.Or(b.By, "mean")) }

// Picker implements Procedure.
func (b BestOf) Picker() Picker { return &planner{find: b.find} }

func (b BestOf) find(ctx context.Context, r *argen.Run) (plan, error) {
	seed := r.Trace().Head.Seed
	choice := listed{Search: b.String()}
	for i := range max(b.N, 1) {
		trial := r.Trial()
		if i > 0 {
			trial.Reseed(seed + uint64(i))
		}
		if err := toEnd(ctx, trial); err != nil {
			return plan{}, err
		}
		text := newText(r, trial, 0)
		if text.Score = text.LogProb; b.By != "total" {
			text.Score /= float64(len(text.IDs))
		}
		choice.Found = append(choice.Found, text)
	}
	slices.SortStableFunc(choice.Found, func(x, y Text) int { return cmp.Compare(y.Score, x.Score) })
	return choice.plan(), nil
}

// A listed says which texts were found, with the first token of the best. The
// tokens after it have what is said in a line.
type listed struct {
	Search string `json:"search"`
	T      int    `json:"t"`               // the token's place in the text found
	Found  []Text `json:"found,omitempty"` // all texts, with the last token of the best
}

// plan is the plan to write the best text.
func (l listed) plan() plan {
	p := plan{texts: l.Found}
	last := len(l.Found[0].IDs) - 1
	for t := range last {
		p.why = append(p.why, listed{Search: l.Search, T: t})
	}
	l.T = last
	p.why = append(p.why, l)
	return p
}

// MarshalJSON implements json.Marshaler.
func (l listed) MarshalJSON() ([]byte, error) {
	type plain listed
	return json.Marshal(plain(l))
}

// String says which token of the text it is, and at the end lists the texts.
func (l listed) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, token %d of the best text", l.Search, l.T)
	writeFound(&b, l.Found)
	return b.String()
}
