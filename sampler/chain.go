package sampler

import (
	"strings"

	"argen"
)

// Semantics name the engine whose edge rules hold where engines differ: "hf",
// "llamacpp", "textgen", "exllama" or "openai". "" and "argen" are our own. They are the
// default of the parameters that choose a rule, and set those of some others
// ([Param].By); a chain that names a value has that one.
type Semantics string

// Default is the chain where none is asked for: temperature 1 alone, the
// model's own distribution with nothing hidden.
func Default() []argen.Transform { return []argen.Transform{Temperature{T: 1}} }

// Format writes a chain so that Parse reads it back.
func Format(chain []argen.Transform) string { return argen.FormatChain(chain) }

// Parse reads a chain such as "top_k=40,top_p=0.95,temperature=0.8". An error
// names the column, from 1, in bytes.
func Parse(chain string) ([]argen.Transform, error) { return Semantics("").Parse(chain) }

// Parse reads a chain in which rules that are not named are the engine's.
func (by Semantics) Parse(chain string) ([]argen.Transform, error) {
	if s := strings.TrimSpace(chain); s == "" || s == argen.NoChain {
		return nil, nil
	}
	return written().Parse(chain, by)
}
