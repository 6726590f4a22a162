package sampler

import (
	"math"

	"argen"
)

// A Spec describes a stage. Its flags, its word in a chain, its help and its
// line in the docs come from it.
type Spec struct {
	Name   string  // in chains, traces, charts and docs: "top_k"
	Doc    string  // the rule in one sentence, without a full stop
	Params []Param // none for a stage that is only switched on
	// Many is set if the last parameter may be given any number of times, also
	// none: a list of tokens.
	Many bool
	// New makes the stage from the values of its parameters, which are within
	// their ranges; an error says which two do not go together.
	New func(Args) (argen.Transform, error)
}

// Args are the values of a stage's parameters in the order of Spec.Params,
// checked. Whole numbers are exact.
type Args []float64

// Table lists every stage in the documented default order: that in which flags
// put their stages into the chain. It is llama.cpp's, with temperature last.
var Table = []Spec{
	{
		Name: "ignore_eos", Doc: "removes the tokens that end a text; if nothing else is left the best of them stays", Many: true,
		Params: []Param{{Name: "ids", Kind: Int, Doc: "ids of the tokens", Most: math.MaxInt32}},
		New:    newIgnoreEOS,
	},
	{
		Name: "top_k", Doc: "keeps the k most probable tokens; of equal ones those with the lower ids",
		Params: []Param{{Name: "k", Flag: "top-k", Kind: Int, Doc: "tokens to keep", Default: 40, Off: 0, Most: math.MaxInt32}},
		New:    newTopK,
	},
	{
		Name: "top_p", Doc: "keeps the nucleus: the fewest most probable tokens whose probabilities sum to at least p",
		Params: []Param{{Name: "p", Flag: "top-p", Doc: "probability mass to keep", Default: 0.95, Off: 1, Above: true, Most: 1}},
		New:    newTopP,
	},
	{
		Name: "min_p", Doc: "keeps tokens at least m times as probable as the best one",
		Params: []Param{{Name: "m", Flag: "min-p", Doc: "share of the best token's probability", Default: 0.05, Off: 0, Most: 1}},
		New:    newMinP,
	},
	{
		Name: "temperature", Doc: "divides the logits by t: below 1 sharpens, above 1 flattens, 0 keeps only the best",
		Params: []Param{{Name: "t", Flag: "temperature", Alias: "temp", Doc: "divisor of the logits", Default: 1, Off: 1, Most: math.Inf(1)}},
		New:    newTemperature,
	},
	{
		Name: "greedy", Doc: "keeps only the most probable token; of equal ones that with the lowest id",
		New: newGreedy,
	},
}

// Lookup returns the stage of a name.
func Lookup(name string) (Spec, bool) {
	for _, s := range Table {
		if s.Name == name {
			return s, true
		}
	}
	return Spec{}, false
}
