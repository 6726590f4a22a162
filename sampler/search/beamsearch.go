package search

import (
	"cmp"
	"context"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"slices"

	"argen"
)

// A beam is a text on the way.
type beam struct {
	run   *argen.Run
	score float64
	last  *link // nil at the beginning
}

// A candidate is a beam with one more token.
type candidate struct {
	from  *beam
	id    argen.ID
	score float64
	link  *link
}

// A link is a candidate that was taken, and those before it.
type link struct {
	before *link
	round  *round
	option int // its place in the round's options
}

// A finished text.
type finished struct {
	run   *argen.Run
	score float64
	last  *link
}

// A round is what a step of the search looked at.
type round struct{ options []option }

// A group searches for itself, apart from what it learns of the groups before.
type group struct {
	beams []*beam
	ended []finished // the best first
	done  bool
}

// A beamSearch is a search under way.
type beamSearch struct {
	Beams
	root   *argen.Run
	size   int // beams of a group
	look   int // candidates of a group in a step
	left   int // tokens that can follow the root
	dice   *rand.Rand
	groups []group
}

// logs makes logits log-probabilities. It stands before the chain of a trial, so
// that stages act on ln P as in transformers, and what they leave is a score.
type logs struct{}

func (logs) Name() string   { return "log_softmax" }
func (logs) String() string { return "log_softmax" }
func (logs) Apply(c *argen.Candidates, _ argen.Past) {
	sum := c.LogSumExp()
	c.Map(func(_ argen.ID, l float64) float64 { return l - sum })
}

// find searches from the present place of a run.
func (b Beams) find(ctx context.Context, r *argen.Run) (plan, error) {
	return b.search(ctx, r, func([]group) {})
}

// search is find that shows the groups after each step.
func (b Beams) search(ctx context.Context, r *argen.Run, show func([]group)) (plan, error) {
	head := r.Trace().Head
	s := beamSearch{
		Beams: b, root: r, size: b.N / b.Groups, left: r.Left(),
		dice:   rand.New(rand.NewPCG(head.Seed, diceOfSearch)),
		groups: make([]group, b.Groups),
	}
	s.look = max(2, 1+len(head.Model.Stop)) * s.size
	if b.Early == "never" && b.Length > 0 && s.left == math.MaxInt {
		return plan{}, errors.New("early_stopping never with a length_penalty above 0 looks as far as the text may go, and nothing limits it: give a number of tokens")
	}
	for i := range s.groups {
		s.groups[i].beams = []*beam{{run: r.Trial(logs{})}}
	}
	open := true
	for n := 1; open; n++ {
		var err error
		if open, err = s.step(ctx, n, &round{}); err != nil {
			return plan{}, err
		}
		show(s.groups)
	}
	return s.result()
}

// diceOfSearch is the stream of a seed that searches throw from; 0 and 1 are
// those of tokens and of stages.
const diceOfSearch = 2

// step extends all texts by a token, the n-th of the search, and reports whether
// any goes on.
func (s *beamSearch) step(ctx context.Context, n int, round *round) (open bool, err error) {
	chosen := map[argen.ID]int{} // in this step, by the groups before
	for i := range s.groups {
		g := &s.groups[i]
		if g.done {
			continue
		}
		list, err := s.candidates(ctx, g, n, chosen)
		if err != nil {
			return false, err
		}
		next, err := s.sort(g, i, list, n, round)
		if err != nil {
			return false, err
		}
		for _, c := range next {
			chosen[c.id]++
		}
		if err := g.extend(next, round); err != nil {
			return false, err
		}
		if s.finish(g, list, n); !g.done {
			open = true
		}
	}
	return open, nil
}

// better orders candidates by their scores.
func better(x, y candidate) int { return cmp.Compare(y.score, x.score) }

// candidates are those of a group that are looked at in a step, the best first.
func (s *beamSearch) candidates(ctx context.Context, g *group, n int, chosen map[argen.ID]int) ([]candidate, error) {
	var all []candidate
	for _, b := range g.beams {
		c, err := b.run.Predict(ctx)
		if errors.Is(err, io.EOF) { // a stage says that its text is complete
			g.end(finished{b.run, s.final(b.score, n-1), b.last}, s.size)
			continue
		}
		if err != nil {
			return nil, err
		}
		if s.Sample {
			c.Each(func(id argen.ID, l float64) { all = append(all, candidate{from: b, id: id, score: b.score + l}) })
			continue
		}
		for _, id := range c.Top(min(s.look+len(chosen), c.Len())) { // those that lose by the penalty are so few
			all = append(all, candidate{from: b, id: id, score: b.score + c.Logit(id) - float64(s.Diversity*float64(chosen[id]))})
		}
	}
	if s.Sample {
		all = drawn(all, s.look, s.dice)
	}
	slices.SortStableFunc(all, better)
	return all[:min(s.look, len(all))], nil
}

// drawn draws n candidates without replacement from exp(score).
func drawn(all []candidate, n int, dice *rand.Rand) []candidate {
	most, sum := math.Inf(-1), 0.0
	for _, c := range all {
		most = max(most, c.score)
	}
	weights := make([]float64, len(all))
	for i, c := range all {
		weights[i] = math.Exp(c.score - most)
		sum += weights[i]
	}
	var list []candidate
	for len(list) < min(n, len(all)) {
		u, at := dice.Float64()*sum, -1
		for i, w := range weights {
			if w > 0 {
				at = i
				if u < w {
					break
				}
				u -= w
			}
		}
		if at < 0 {
			break // what is left has no weight
		}
		list = append(list, all[at])
		weights[at], sum = 0, 0
		for _, w := range weights {
			sum += w
		}
	}
	return list
}

// sort says of each candidate what becomes of it, keeps the texts that end, and
// returns the candidates that go on.
func (s *beamSearch) sort(g *group, at int, list []candidate, n int, round *round) ([]candidate, error) {
	var next []candidate
	legacy := s.Groups > 1
	for rank := range list {
		c := &list[rank]
		c.link = &link{c.from.last, round, len(round.options)}
		o := option{Group: at, From: slices.Index(g.beams, c.from), ID: c.id, Score: c.score, Fate: falls}
		o.Text = tail(c.from.run, c.id)
		over := c.from.run.OverAfter(c.id)
		switch {
		case over == "" || legacy && over == argen.Length:
			next = append(next, *c)
		case rank < s.size:
			o.Fate = ends
			o.Final = s.final(c.score, n)
			run, err := c.from.run.Try(c.id, beamChoice{})
			if err != nil {
				return nil, err
			}
			g.end(finished{run, o.Final, c.link}, s.size)
		}
		round.options = append(round.options, o)
	}
	return next[:min(s.size, len(next))], nil
}

// final is the score of a finished text.
func (s *beamSearch) final(sum float64, tokens int) float64 {
	return sum / math.Pow(float64(tokens), s.Length)
}

// end keeps a finished text if it is among the best.
func (g *group) end(f finished, most int) {
	at, _ := slices.BinarySearchFunc(g.ended, f, func(x, y finished) int {
		if x.score >= y.score {
			return -1
		}
		return 1
	})
	g.ended = slices.Insert(g.ended, at, f)
	g.ended = g.ended[:min(most, len(g.ended))]
}

// extend makes the candidates that go on the beams of a group. The last of those
// that come from one beam takes over its run.
func (g *group) extend(next []candidate, round *round) error {
	last := map[*beam]int{}
	for i, c := range next {
		last[c.from] = i
	}
	var beams []*beam
	for i := range next {
		c := &next[i]
		o := &round.options[c.link.option]
		o.Fate, o.To = goesOn, i
		run, err := c.from.run, error(nil)
		if last[c.from] == i {
			_, err = run.Pick(c.id, beamChoice{})
		} else {
			run, err = run.Try(c.id, beamChoice{})
		}
		if err != nil {
			return err
		}
		beams = append(beams, &beam{run: run, score: c.score, last: c.link})
	}
	g.beams = beams
	return nil
}

// finish reports in done whether a group has nothing left to look for.
func (s *beamSearch) finish(g *group, list []candidate, n int) {
	best := math.Inf(-1)
	if len(g.beams) > 0 {
		best = g.beams[0].score
	}
	if s.Groups > 1 && len(list) > 0 { // transformers 4 counts what just ended too
		best = list[0].score
	}
	if len(g.ended) == s.size {
		length := n
		if s.Early == "never" && s.Length > 0 {
			length = s.left
		}
		if s.Early == "true" || g.ended[s.size-1].score >= s.final(best, length) {
			g.done = true
		}
	}
	if g.done || len(g.beams) > 0 && n < s.left {
		return
	}
	for _, b := range g.beams { // only groups get here with any
		g.end(finished{b.run, s.final(b.score, n), b.last}, s.size)
	}
	g.done = true
}

// result is the best of the texts that ended.
func (s *beamSearch) result() (plan, error) {
	var all []finished
	for _, g := range s.groups {
		all = append(all, g.ended...)
	}
	slices.SortStableFunc(all, func(x, y finished) int { return cmp.Compare(y.score, x.score) })
	if s.Return > 0 {
		all = all[:min(s.Return, len(all))]
	}
	if len(all) == 0 {
		return plan{}, errors.New("the beams found no text")
	}
	var p plan
	for _, f := range all {
		p.texts = append(p.texts, newText(s.root, f.run, f.score))
	}
	for l := all[0].last; l != nil; l = l.before {
		options := slices.Clone(l.round.options)
		options[l.option].Won = true
		p.why = append(p.why, beamChoice{Search: s.String(), Options: options, groups: s.Groups > 1})
	}
	slices.Reverse(p.why)
	for t := range p.why {
		c := p.why[t].(beamChoice)
		if c.T = t; t == len(p.why)-1 {
			c.Found = p.texts
		}
		p.why[t] = c
	}
	return p, nil
}
