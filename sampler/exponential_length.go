package sampler

import (
	"math"

	"argen"
)

// ExponentialLength raises the logit of the tokens that end a text once Start
// tokens are generated, by a factor that grows with each token more.
//
//	l → l + |l| · (Factor^k − 1),  k = generated − Start > 0
//
// Factor = 1 changes nothing, Factor < 1 lowers the logit. A logit of 0 never
// changes. It is transformers' exponential_decay_length_penalty.
type ExponentialLength struct {
	Start  int      `json:"start"`         // generated tokens after which it begins
	Factor float64  `json:"factor"`        // for each token more
	EOS    []string `json:"eos,omitempty"` // tokens that end a text; none: the model's

	stop []argen.ID
}

var exponentialLengthSpec = Spec{
	Name: "exponential_length", Doc: "raises the tokens that end a text after start generated ones, by factor to the power of how many more there are",
	Group: Repetition, Source: "transformers", Repeat: 1,
	Params: []Param{
		{Name: "start", Flag: "exponential-length-start", Kind: Int, Doc: "generated tokens after which it begins", Default: 0, Off: None, Most: math.MaxInt32},
		{Name: "factor", Flag: "exponential-length-factor", Doc: "growth for each token more", Default: 1, Off: 1, Above: true, Most: math.Inf(1)},
		eosParam,
	},
	New: func(a Args) (argen.Transform, error) {
		return ExponentialLength{Start: a.Int(0), Factor: a.Float(1), EOS: a.texts(2)}, nil
	},
}

// Name implements argen.Transform.
func (ExponentialLength) Name() string { return "exponential_length" }

// String implements argen.Transform.
func (e ExponentialLength) String() string {
	return word(e.Name(), append([]any{e.Start, e.Factor}, words(e.EOS)...)...)
}

// Bind implements argen.Binder.
func (e ExponentialLength) Bind(t argen.Tokenizer, m argen.Model) (argen.Transform, error) {
	var err error
	e.stop, err = ends(t, m, e.EOS)
	return e, err
}

// Apply implements argen.Transform.
func (e ExponentialLength) Apply(c *argen.Candidates, past argen.Past) {
	k := len(part(past, generatedText)) - e.Start
	if k <= 0 || e.Factor == 1 {
		return
	}
	growth := math.Pow(e.Factor, float64(k)) - 1
	for _, id := range e.stop {
		if c.Has(id) {
			l := c.Logit(id)
			c.Set(id, l+float64(math.Abs(l)*growth))
		}
	}
}
