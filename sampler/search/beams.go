package search

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"

	"argen/sampler"
)

// Beams is beam search: of all texts of a length it keeps the N with the highest
// scores, its beams, extends each by every token, and keeps the N best of those.
//
//	score = Σ ln P(token | before)              while a text is written
//	score = Σ ln P / (number of tokens)^Length  of a finished one, its end counted
//
// It is transformers' beam search. The stages of the chain act on ln P, and what
// they leave is not renormalised: a token that is not removed keeps its ln P,
// and temperature T divides it, so that scores are divided by T and the same
// texts win. (transformers leaves temperature and filters out unless it draws;
// stages that were asked for are not left out here.) 2·N candidates are looked
// at in each step, (1+E)·N if E > 1 tokens end a text, so that N of them go on;
// of those that end only the ones among the N best are kept. Equal scores: the
// earlier beam first, then the lower ID.
//
// The search ends when N texts have ended, and
//
//   - Early "true": at once;
//   - "false": when the best beam, divided by its present length, is no better
//     than the worst of them. For Length > 0 a longer text could still be;
//   - "never": when no text of any length could be better, which for Length > 0
//     means the greatest length that is left;
//
// and otherwise where no token can follow. Then the beams are texts too.
//
// With Sample the candidates are drawn without replacement, by dice of the
// search's own, from exp(score) over all beams (transformers with do_sample,
// which also lets no filter leave a beam less than 1+E tokens).
//
// With Groups the beams are divided into so many groups that search one after
// the other in each step. A group takes Diversity from the score of a token for
// each time an earlier group has chosen it in this step; this stays in the score
// (Vijayakumar et al., Diverse Beam Search, 2018, with the Hamming diversity, as
// in transformers 4).
type Beams struct {
	N         int     // beams, 0: 1
	Groups    int     // that they are divided into, 0: 1
	Diversity float64 // taken from the score for each time an earlier group has chosen a token
	Length    float64 // the power of the length penalty
	Early     string  // "false", "true" or "never", "": "false"
	Return    int     // texts listed, 0: N
	Sample    bool    // candidates are drawn
}

var beamsForm = Form{
	Name: "beams", Doc: "beam search: keeps the n most probable texts of each length, and takes the best of those that end",
	Source: "transformers; groups: Vijayakumar et al. 2018, transformers 4",
	Params: []sampler.Param{
		{Name: "n", Flag: "beams", Kind: sampler.Int, Doc: "texts kept", Default: 4, Off: sampler.None, Least: 1, Most: MostTexts},
		{Name: "groups", Flag: "beam-groups", Kind: sampler.Int, Doc: "groups of beams that avoid each other's tokens", Default: 1, Off: 1, Least: 1, Most: MostTexts},
		{Name: "diversity_penalty", Flag: "diversity-penalty", Doc: "what a token loses for each time an earlier group chose it in this step", Default: 0, Off: 0, Most: 1e6},
		{Name: "length_penalty", Flag: "length-penalty", Doc: "the power of its length by which ln P of a text is divided, above 0 favours long texts", Default: 1, Off: 0, Least: -10, Most: 10},
		{Name: "early_stopping", Flag: "early-stopping", Kind: sampler.Choice, Doc: "when n texts that have ended are enough: true, at once; false, unless the best beam is better now; never, unless it could become better", Words: []string{"false", "true", "never"}},
		{Name: "return", Flag: "return", Kind: sampler.Int, Doc: "texts listed, 0 for n", Default: 0, Off: 0, Most: MostTexts},
		{Name: "sample", Flag: "beam-sample", Kind: sampler.Choice, Doc: "whether candidates are drawn, not taken from the best", Words: []string{"false", "true"}},
	},
	New: newBeams,
}

// MostTexts is how many texts a search keeps, or tokens it compares, at most.
const MostTexts = 1000

func newBeams(a sampler.Args) (Procedure, error) {
	b := Beams{
		N: a.Int(0), Groups: a.Int(1), Diversity: a.Float(2), Length: a.Float(3), Early: a.Text(4), Return: a.Int(5),
		Sample: a.Text(6) == "true",
	}
	switch {
	case b.N%b.Groups != 0:
		return nil, fmt.Errorf("%d beams cannot be divided into %d groups of the same size", b.N, b.Groups)
	case b.Groups > 1 && b.Diversity == 0:
		return nil, errors.New("groups without a diversity_penalty above 0 would all find the same")
	case b.Groups == 1 && b.Diversity > 0:
		return nil, errors.New("a diversity_penalty is between groups: give 2 or more")
	case b.Groups > 1 && b.Sample:
		return nil, errors.New("groups take the best candidates: sample goes without them")
	case b.Return > b.N:
		return nil, fmt.Errorf("%d beams cannot return %d texts", b.N, b.Return)
	}
	return b, nil
}

// Name implements Procedure.
func (Beams) Name() string { return "beams" }

// whole is b with what stands for its zero values.
func (b Beams) whole() Beams {
	b.N, b.Groups, b.Early = max(b.N, 1), max(b.Groups, 1), cmp.Or(b.Early, "false")
	return b
}

// String implements Procedure.
func (b Beams) String() string {
	b = b.whole()
	return word(b.Name(), b.N, b.Groups, b.Diversity, b.Length, b.Early, b.Return, strconv.FormatBool(b.Sample))
}

// Deterministic reports whether it looks for the one best text: it neither draws
// nor divides its beams.
func (b Beams) Deterministic() bool { return !b.Sample && b.Groups <= 1 }

// Picker implements Procedure.
func (b Beams) Picker() Picker { return &planner{find: b.whole().find} }
