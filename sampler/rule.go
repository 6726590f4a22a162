package sampler

import "math"

// ruleParam is the parameter by which a stage takes the edge rules of one of
// several engines: Words are argen and those that differ from it.
func ruleParam(differ ...string) Param {
	return Param{
		Name: "rule", Kind: Choice, Rule: true, Words: append([]string{argenRules}, differ...),
		Doc: "whose rules hold at ties and edges where engines differ",
	}
}

// keepParam is the parameter by which a stage that drops tokens keeps a least
// number of them: min_keep in llama.cpp, min_tokens_to_keep in transformers.
var keepParam = Param{Name: "keep", Kind: Int, Doc: "the least number of tokens to keep", Default: 0, Off: None, Most: math.MaxInt32}
