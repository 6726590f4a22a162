package search

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"argen"
	"argen/sampler"
)

// Contrastive is contrastive search: of the K most probable tokens it takes the
// one that is both probable and unlike what stands in the context already.
//
//	score(v) = (1 − Alpha)·P(v) − Alpha·max_j cos(h_v, h_j)
//
// P is what the chain leaves, h_v the model's hidden state at v, after the last
// layer and the norm that follows it, and j runs over all positions of the
// context, those of the prompt too. Equal scores: the more probable token.
// Alpha = 0 is greedy. A token with P = 1 loses to one with P = 0 if it is more
// like the context by more than (1 − Alpha)/Alpha in cosines, 2/3 at the usual
// 0.6: the model story, whose hidden states are far from parallel and whose
// stories repeat phrases, then writes none that is coherent. It needs a model
// with hidden states ([argen.Inspector]); each token costs K passes more.
//
// Su et al., A Contrastive Framework for Neural Text Generation, 2022, as in
// transformers 4.
type Contrastive struct {
	Alpha float64 // weight of the likeness, 0 to 1
	K     int     // tokens compared, 0: 1
}

var contrastiveForm = Form{
	Name: "contrastive", Doc: "contrastive search: of the k most probable tokens takes the one that is probable and unlike the context, by the model's hidden states",
	Source: "Su et al. 2022, transformers 4",
	Params: []sampler.Param{
		{Name: "alpha", Flag: "contrastive", Doc: "weight of the likeness, against that of P (above 0.5 a phrase that must come again may be left for an impossible token)", Default: 0.6, Off: 0, Most: 1},
		{Name: "k", Joined: true, Kind: sampler.Int, Doc: "tokens compared", Default: 4, Off: 1, Least: 1, Most: MostTexts},
	},
	New: func(a sampler.Args) (Procedure, error) { return Contrastive{Alpha: a.Float(0), K: a.Int(1)}, nil },
}

// Name implements Procedure.
func (Contrastive) Name() string { return "contrastive" }

// String implements Procedure.
func (c Contrastive) String() string { return word(c.Name(), c.Alpha, max(c.K, 1)) }

// Picker implements Procedure.
func (c Contrastive) Picker() Picker { return &contrast{Contrastive: c} }

// A contrast is the Picker of Contrastive.
type contrast struct {
	Contrastive
	context []argen.ID  // that of rows
	rows    [][]float64 // a hidden state of length 1 for each position
}

// Choose implements Picker.
func (p *contrast) Choose(ctx context.Context, r *argen.Run) (argen.ID, argen.Explanation, error) {
	c, err := r.Predict(ctx)
	if err != nil {
		return argen.NoID, nil, err
	}
	if err := p.remember(ctx, r); err != nil {
		return argen.NoID, nil, err
	}
	why := contrastChoice{Search: p.String(), Alpha: p.Alpha, Options: make([]contrastOption, 0, min(max(p.K, 1), c.Len()))}
	for _, id := range c.Top(max(p.K, 1)) {
		why.Options = append(why.Options, contrastOption{ID: id, Token: string(r.Tokenizer().Piece(id)), Prob: c.Prob(id), Like: math.Inf(-1)})
	}
	best := 0
	for i := range why.Options {
		o := &why.Options[i]
		s := r.State().Fork()
		if _, err := s.Extend(ctx, o.ID); err != nil {
			return argen.NoID, nil, err
		}
		rows, err := hidden(ctx, s, s.Len()-1)
		if err != nil {
			return argen.NoID, nil, err
		}
		for j, row := range p.rows {
			if like := dot(rows[0], row); like > o.Like {
				o.Like, o.At = like, j
			}
		}
		o.Score = float64((1-p.Alpha)*o.Prob) - float64(p.Alpha*o.Like)
		if o.Score > why.Options[best].Score {
			best = i
		}
	}
	why.Options[best].Won = true
	return why.Options[best].ID, why, nil
}

// remember brings the hidden states to the present context.
func (p *contrast) remember(ctx context.Context, r *argen.Run) error {
	s, now := r.State(), r.Context()
	known := len(p.rows)
	// A sliding window moves positions, so that all are others.
	if !slices.Equal(p.context, now[:min(len(p.context), len(now))]) || s.Len()-known != len(now)-len(p.context) {
		known = 0
	}
	if known == s.Len() && known > 0 {
		return nil
	}
	rows, err := hidden(ctx, s, known)
	if err != nil {
		return err
	}
	p.rows, p.context = append(p.rows[:known:known], rows...), slices.Clone(now)
	return nil
}

var errNoHidden = errors.New("contrastive search compares hidden states, and this model has none: take a transformer")

// hidden returns the last hidden states from a position on, of length 1.
func hidden(ctx context.Context, s argen.State, from int) ([][]float64, error) {
	i, ok := s.(argen.Inspector)
	if !ok {
		return nil, errNoHidden
	}
	rows, err := i.Hidden(ctx, i.Layers(), from)
	for _, row := range rows {
		if length := math.Sqrt(dot(row, row)); length > 0 {
			for k := range row {
				row[k] /= length
			}
		}
	}
	return rows, err
}

func dot(x, y []float64) float64 {
	sum := 0.0
	for i, v := range x {
		sum += float64(v * y[i])
	}
	return sum
}

// A contrastOption is a token that was compared.
type contrastOption struct {
	ID    argen.ID `json:"id"`
	Token string   `json:"token"`
	Prob  float64  `json:"prob"`       // after the chain
	Like  float64  `json:"similarity"` // the greatest cosine with a position of the context
	At    int      `json:"position"`   // the first that has it, among those that the model sees
	Score float64  `json:"score"`
	Won   bool     `json:"won,omitempty"`
}

// A contrastChoice says what was compared where a token was picked.
type contrastChoice struct {
	Search  string           `json:"search"`
	Alpha   float64          `json:"alpha"`
	Options []contrastOption `json:"candidates"`
}

// MarshalJSON implements json.Marshaler.
func (c contrastChoice) MarshalJSON() ([]byte, error) {
	type plain contrastChoice
	return json.Marshal(plain(c))
}

// String shows a line a token.
func (c contrastChoice) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %.4g P - %.4g likeness; * wins", c.Search, 1-c.Alpha, c.Alpha)
	for _, o := range c.Options {
		mark := " "
		if o.Won {
			mark = "*"
		}
		fmt.Fprintf(&b, "\n%s %8s  P %s  likeness %s with position %d  \"%s\"", mark, short(o.Score), short(o.Prob), short(o.Like), o.At, argen.Visible(o.Token))
	}
	return b.String()
}
