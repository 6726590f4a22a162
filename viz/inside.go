package viz

import (
	"errors"
	"fmt"

	"argen"
)

// Inside is what happened in a model when it predicted one token of a text: what
// argen score --inside measures.
type Inside struct {
	Model   string
	T       int       // of the token in the text
	Token   string    // the token
	Context []string  // what it is predicted from
	Effects []float64 // of each token of the context on the next, in nats; see argen.Occlude
	// Of the last token of the context:
	Attention [][][]float64 // by layer, head, token of the context
	Lens      []InsideLens  // by number of layers, from 0
}

// InsideLens is what a model would predict after some of its layers.
type InsideLens struct {
	Prob float64 // of the token
	Top  []InsideToken
}

// An InsideToken is a token and its probability.
type InsideToken struct {
	Token string
	Prob  float64
}

// errNoLayers is where a model has no layers to look into.
var errNoLayers = errors.New("the model has no layers to look into: story, a folder of a transformer, a GGUF or a llama2.c file have")

// title is that of a chart of the prediction.
func (in *Inside) title(what string) string {
	return fmt.Sprintf("%s where %s is predicted", what, quoted(in.Token))
}

// subtitle names the context, its end if it is long.
func (in *Inside) subtitle() string {
	tr := &argen.Trace{}
	for i, s := range in.Context {
		if i > 0 && in.spaced() {
			s = " " + s
		}
		tr.Steps = append(tr.Steps, argen.Step{Text: s})
	}
	text := fmt.Sprintf("t = %d, after %s", in.T, ahead(tr, len(tr.Steps), 60))
	if in.Model != "" {
		text += " · model " + argen.Visible(in.Model)
	}
	return text
}

// spaced reports whether the pieces of tokens are words without blanks.
func (in *Inside) spaced() bool {
	for _, s := range in.Context {
		if s != "" && (s[0] == ' ' || s[len(s)-1] == ' ') {
			return false
		}
	}
	return true
}

// check says what does not fit together.
func (in *Inside) check() error {
	n := len(in.Context)
	if n == 0 {
		return errors.New("nothing stands before the token: there is nothing to look at")
	}
	if len(in.Effects) != n {
		return fmt.Errorf("effects: there are %d for %d tokens of the context", len(in.Effects), n)
	}
	for i, heads := range in.Attention {
		for h, weights := range heads {
			if len(weights) != n || len(heads) != len(in.Attention[0]) {
				return fmt.Errorf("attention[%d][%d]: there are %d weights for %d tokens of the context, by %d heads", i, h, len(weights), n, len(heads))
			}
		}
	}
	for i, l := range in.Lens {
		if len(l.Top) != len(in.Lens[0].Top) {
			return fmt.Errorf("lens[%d].top: there are %d tokens, after no layer %d", i, len(l.Top), len(in.Lens[0].Top))
		}
	}
	return nil
}

// labels are the tokens of the context as charts show them.
func (in *Inside) labels() []string {
	var all []string
	for _, s := range in.Context {
		all = append(all, label(s))
	}
	return all
}
