package sampler

import (
	"encoding/json"
	"math"

	"argen"
)

// LogitBias adds a number to the logit of some tokens, whatever stands before.
//
//	l_i → l_i + b_i
//
// A bias of −∞, written -inf or, as in llama.cpp, false, removes the token, and
// if nothing else is left the best stays. [Ban] says the same in fewer words. A
// token that is named twice gets both biases. OpenAI takes −100 to 100.
type LogitBias struct {
	Token []string `json:"token"`
	Bias  []Bias   `json:"bias"` // of each token

	ids []argen.ID
}

// A Bias is added to a logit; −∞ removes its token.
type Bias float64

// MarshalJSON implements json.Marshaler: −∞ is "-inf".
func (b Bias) MarshalJSON() ([]byte, error) {
	if b.removes() {
		return []byte(`"-inf"`), nil
	}
	return json.Marshal(float64(b))
}

var logitBiasSpec = Spec{
	Name: "logit_bias", Doc: "adds a bias to the logits of tokens",
	Group: Bans, Source: "llama.cpp, OpenAI", Repeat: 2, Example: `logit_bias="a"/-1.5/#0/2`,
	Params: []Param{
		{Name: "token", Flag: "logit-bias", Kind: Token, Doc: "a token; the flag takes TOKEN=BIAS"},
		biasParam,
	},
	New: func(a Args) (argen.Transform, error) {
		token, bias, err := a.biases()
		return LogitBias{Token: token, Bias: bias}, err
	},
}

// biasParam is the second of a pair of tokens and their bias.
var biasParam = Param{Name: "bias", Doc: "what is added to its logit", Off: None, Least: math.Inf(-1), Most: math.Inf(1), Lowest: "removes it"}

// biases are pairs of a text and a bias.
func (a Args) biases() (texts []string, biases []Bias, err error) {
	for i := 0; i+1 < len(a); i += 2 {
		texts = append(texts, a.Text(i))
		biases = append(biases, Bias(a.Float(i+1)))
	}
	if len(texts) == 0 {
		err = errNoToken
	}
	return texts, biases, err
}

// pairs are texts and biases as [Form.Word] takes them.
func pairs(texts []string, biases []Bias) []any {
	var all []any
	for i, text := range texts {
		all = append(all, text, float64(biases[i]))
	}
	return all
}

// Name implements argen.Transform.
func (LogitBias) Name() string { return "logit_bias" }

// String implements argen.Transform.
func (l LogitBias) String() string { return word(l.Name(), pairs(l.Token, l.Bias)...) }

// Bind implements argen.Binder.
func (l LogitBias) Bind(t argen.Tokenizer, _ argen.Model) (argen.Transform, error) {
	var err error
	l.ids, err = singles(t, l.Token)
	return l, err
}

// Apply implements argen.Transform.
func (l LogitBias) Apply(c *argen.Candidates, _ argen.Past) {
	n := takeNotebook(c.VocabSize())
	defer n.give()
	for i, id := range l.ids {
		n.ban(id, l.Bias[i])
	}
	c.Remove(n.seen...)
	for i, id := range l.ids {
		l.Bias[i].add(c, id)
	}
}

// ban counts a token that a bias removes. That comes first, so that what is
// removed has the mass that it had before the stage.
func (n *notebook) ban(id argen.ID, b Bias) {
	if b.removes() {
		n.raise(id, 1)
	}
}

// removes reports whether the bias is −∞.
func (b Bias) removes() bool { return math.IsInf(float64(b), -1) }

// add changes a logit.
func (b Bias) add(c *argen.Candidates, id argen.ID) {
	if !b.removes() && c.Has(id) {
		c.Set(id, c.Logit(id)+float64(b))
	}
}

// Reasons implements argen.Reasoner.
func (LogitBias) Reasons(*argen.Candidates, argen.Past) func(argen.ID) string {
	return func(argen.ID) string { return "its bias is −∞" }
}
