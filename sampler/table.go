package sampler

import "argen"

// A Spec describes a stage. Its flags, its word in a chain, its help and its
// line in the docs come from it.
type Spec struct {
	Name   string  // in chains, traces, charts and docs: "top_k"
	Doc    string  // the rule in one sentence, without a full stop
	Group  Group   // where help and docs list it
	Source string  // what defines it: a paper, "Nguyen et al. 2025", or a program, "llama.cpp"
	Params []Param // none for a stage that is only switched on
	// Repeat is how many of the last parameters, one after the other, may be
	// given any number of times, also not at all: 1 for a list of tokens, 2
	// for a list of tokens with their biases.
	Repeat int
	// Example is the stage as a chain may have it, for one whose parameters
	// must be given.
	Example string
	// New makes the stage from the values of its parameters, which are within
	// their ranges; an error says which two do not go together.
	New func(Args) (argen.Transform, error)
}

// A Group is a kind of stages.
type Group string

// The groups.
const (
	Bans       Group = "bans and bias"
	Repetition Group = "repetition and length"
	Truncation Group = "truncation"
	Shape      Group = "shape"
	Constraint Group = "constraints"
	Learning   Group = "learning"
)

// groups lists them in the order of help and docs.
var groups = []struct {
	Group
	Doc string
}{
	{Shape, "make the distribution flatter or sharper"},
	{Truncation, "keep some tokens, by their probabilities"},
	{Repetition, "look at the text so far: what stands in it already, and how long it is"},
	{Bans, "treat some tokens unlike others"},
	{Constraint, "let only such tokens pass as can still become a text of a given form"},
	{Learning, "change from token to token, by what was drawn"},
}

// Table lists every stage in the documented default order: that in which flags
// put their stages into the chain. It is llama.cpp's, with temperature last.
// It is filled by init, since stages look themselves up in it.
var Table []Spec

func init() {
	Table = []Spec{
		ignoreEOSSpec,
		topKSpec,
		topPSpec,
		minPSpec,
		temperatureSpec,
		greedySpec,
	}
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
