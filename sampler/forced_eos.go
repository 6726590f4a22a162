package sampler

import (
	"cmp"
	"fmt"
	"math"

	"argen"
)

// ForcedEOS makes the N-th token one that ends the text: of several each is
// equally probable, also those that the model holds impossible. N = 0 forces
// nothing, nor does a model without such a token.
//
// Part "generated" the prompt does not count; of "context" it does, as in
// transformers' forced_eos_token_id, where N is max_length.
type ForcedEOS struct {
	N    int      `json:"n"`             // which token ends the text
	Part string   `json:"part"`          // what counts: generated or context
	EOS  []string `json:"eos,omitempty"` // tokens that end a text; none: the model's

	stop []argen.ID
}

var forcedEOSSpec = Spec{
	Name: "forced_eos", Doc: "makes the n-th token one that ends the text",
	Group: Repetition, Source: "transformers", Repeat: 1,
	Params: []Param{
		{Name: "n", Flag: "forced-eos", Kind: Int, Doc: "which token ends the text", Default: 0, Off: 0, Most: math.MaxInt32},
		partParam(generatedText, wholeText),
		eosParam,
	},
	New: func(a Args) (argen.Transform, error) {
		return ForcedEOS{N: a.Int(0), Part: a.Text(1), EOS: a.texts(2)}, nil
	},
}

// Name implements argen.Transform.
func (ForcedEOS) Name() string { return "forced_eos" }

// String implements argen.Transform.
func (f ForcedEOS) String() string {
	return word(f.Name(), append([]any{f.N, f.Part}, words(f.EOS)...)...)
}

// Bind implements argen.Binder.
func (f ForcedEOS) Bind(t argen.Tokenizer, m argen.Model) (argen.Transform, error) {
	var err error
	f.stop, err = ends(t, m, f.EOS)
	return f, err
}

// Apply implements argen.Transform.
func (f ForcedEOS) Apply(c *argen.Candidates, past argen.Past) {
	if len(part(past, cmp.Or(f.Part, generatedText))) == f.N-1 {
		c.Force(f.stop...)
	}
}

// Reasons implements argen.Reasoner.
func (f ForcedEOS) Reasons(*argen.Candidates, argen.Past) func(argen.ID) string {
	why := fmt.Sprintf("token %d ends the text", f.N)
	return func(argen.ID) string { return why }
}
