package sampler

import (
	"cmp"
	"fmt"
	"math"

	"argen"
)

// MinTokens removes the tokens that end a text as long as it has fewer than N
// tokens. If nothing else is left the best of them stays. N = 0 removes
// nothing.
//
// Part "generated" the prompt does not count: transformers' min_new_tokens,
// vLLM's min_tokens. Part "context" it does: transformers' min_length.
type MinTokens struct {
	N    int      `json:"n"`             // tokens before which no text ends
	Part string   `json:"part"`          // what counts: generated or context
	EOS  []string `json:"eos,omitempty"` // tokens that end a text; none: the model's

	stop []argen.ID
}

var minTokensSpec = Spec{
	Name: "min_tokens", Doc: "removes tokens that end a text before it has n tokens",
	Group: Repetition, Source: "transformers", Repeat: 1,
	Params: []Param{
		{Name: "n", Flag: "min-tokens", Kind: Int, Doc: "tokens before which no text ends", Default: 0, Off: 0, Most: math.MaxInt32},
		partParam(generatedText, wholeText),
		eosParam,
	},
	New: func(a Args) (argen.Transform, error) {
		return MinTokens{N: a.Int(0), Part: a.Text(1), EOS: a.texts(2)}, nil
	},
}

// Name implements argen.Transform.
func (MinTokens) Name() string { return "min_tokens" }

// String implements argen.Transform.
func (m MinTokens) String() string {
	return word(m.Name(), append([]any{m.N, m.Part}, words(m.EOS)...)...)
}

// Bind implements argen.Binder.
func (m MinTokens) Bind(t argen.Tokenizer, model argen.Model) (argen.Transform, error) {
	var err error
	m.stop, err = ends(t, model, m.EOS)
	return m, err
}

// Apply implements argen.Transform.
func (m MinTokens) Apply(c *argen.Candidates, past argen.Past) {
	if m.length(past) < m.N {
		c.Remove(m.stop...)
	}
}

func (m MinTokens) length(past argen.Past) int { return len(part(past, cmp.Or(m.Part, generatedText))) }

// Reasons implements argen.Reasoner.
func (m MinTokens) Reasons(_ *argen.Candidates, past argen.Past) func(argen.ID) string {
	why := fmt.Sprintf("it ends a text before %d tokens, after %d", m.N, m.length(past))
	return func(argen.ID) string { return why }
}
