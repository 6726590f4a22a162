package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"argen"
	"argen/internal/strict"
	"argen/model"
)

// sampling is a command line of sample, or one request of a batch.
type sampling struct {
	model      string
	prompt     promptFlags
	chain      chainFlags
	state      stateFlags
	seed       seedFlag
	history    []argen.ID
	hasHistory bool
	draws, top int
	logits     string
	json       bool
	batch      string
}

func sampleCommand(a *app) *cobra.Command {
	s := sampling{}
	c := &cobra.Command{
		Use:   "sample [PROMPT]",
		Short: "Put one distribution through a chain and draw from it",
		Long: `Put one distribution through the stages of a chain: the model's own after
PROMPT, or that of the logits in a file, a JSON array of numbers and "-inf".
What is left after each stage is shown, and then tokens are drawn, each anew
from the same distribution.

A JSON result is {"stages":[{"name","params","in","kept","mass_removed",
"entropy_in","entropy"}],"probs":[a number a token],"removed":[{"id","by",
"why"}],"draws":[ids],"seed"}: "in" and "entropy_in" are before a stage, and
"why" is the inequality by which it removed a token. Where a stage learns from
what is drawn, flags such as --mirostat-mu say where it stands, and the JSON has
where it stands after the last draw, "mirostat_mu".`,
		Example: `  argen sample --top-p 0.9 --temperature 0.7 --seed 1 --draws 20 "It was a"
  argen sample --chain "temperature=2,top_k=3" "One morning"
  echo '[2, 1, 0, "-inf"]' | argen sample --logits - --top-k 2 --json`,
		RunE: func(c *cobra.Command, args []string) error {
			if s.batch != "" {
				return a.runBatch(c, s.batch, args, func() answerer { return &sampling{} })
			}
			return a.sample(c, &s, args)
		},
	}
	fs := c.Flags()
	s.add(a, fs)
	a.engineFlags(fs)
	s.top = defaultTop
	fs.StringVar(&s.logits, "logits", "", "take the distribution from the logits in `FILE`, - is standard input")
	fs.Var(&fromOneValue{&s.top}, "top", "list the `N` most probable tokens after each stage, and the N drawn most often")
	fs.BoolVar(&s.json, "json", false, "print it as JSON")
	batchFlag(fs, &s.batch)
	return c
}

func (s *sampling) add(a *app, fs *pflag.FlagSet) {
	a.modelFlag(fs, &s.model)
	s.prompt.add(fs)
	s.chain.add(fs)
	s.state.add(fs)
	s.seed.add(fs)
	fs.Var(&idsValue{&s.history, &s.hasHistory}, "history", "`IDS` of the tokens before, for stages that look at them; with --logits")
	fs.Var(&fromOneValue{&s.draws}, "draws", "draw `N` tokens, at most "+thousands(mostCounted)+", or "+thousands(mostListed)+" as JSON")
}

// sampled is the JSON of a distribution after a chain.
type sampled struct {
	Stages  []sampledStage `json:"stages"`
	Probs   []number       `json:"probs"` // by id, after the chain
	Removed []removedToken `json:"removed"`
	Draws   []argen.ID     `json:"draws"`
	Seed    uint64         `json:"seed"`

	step  argen.Step // lists every token
	times []int      // by id, how often each was drawn
	state []standing // of learners, after the last draw; see MarshalJSON
}

type sampledStage struct {
	Name        string    `json:"name"`
	Params      rawParams `json:"params,omitempty"`
	In          int       `json:"in"`
	Kept        int       `json:"kept"`
	MassRemoved number    `json:"mass_removed"`
	EntropyIn   number    `json:"entropy_in"`
	Entropy     number    `json:"entropy"`

	LastStanding bool `json:"last_standing,omitempty"` // it would have removed all: the best stays
}

// rawParams are the parameters of a stage as a trace has them.
type rawParams []byte

// MarshalJSON implements json.Marshaler.
func (p rawParams) MarshalJSON() ([]byte, error) { return p, nil }

type removedToken struct {
	ID  argen.ID `json:"id"`
	By  string   `json:"by"`
	Why string   `json:"why,omitempty"`
}

// answer implements answerer.
func (s *sampling) answer(ctx context.Context, _ *app, opened *models, t text) (any, error) {
	t.special = s.prompt.special
	gen, t, err := s.generator(ctx, t, opened.get)
	if err != nil {
		return nil, err
	}
	return s.apply(ctx, gen, t, true)
}

// generator returns a generator over the distribution, and the text before.
func (s *sampling) generator(ctx context.Context, t text, open func(context.Context, string) (*model.LM, error)) (argen.Generator, text, error) {
	chain, err := s.chain.stages(false)
	if err == nil {
		chain, err = s.state.begin(chain)
	}
	if err != nil {
		return argen.Generator{}, t, err
	}
	gen := argen.Generator{Chain: chain, Seed: s.seed.pick(), BOS: s.prompt.addBOS, NoHash: true}
	if t.logits != nil {
		if s.prompt.chat.on {
			return gen, t, errors.New("chat and logits: a conversation is text, give one of them")
		}
		if len(t.logits) == 0 {
			return gen, t, plainLogits(&argen.LogitsError{ID: argen.NoID}, t, gen)
		}
		given := &givenLogits{logits: t.logits}
		gen.Model, gen.Tokenizer, gen.BOS = given, given, argen.NoBOS
		for i, id := range s.history {
			if int(id) >= len(t.logits) {
				return gen, t, fmt.Errorf("history: token %d is id %d, the logits have ids 0 to %d", i, id, len(t.logits)-1)
			}
		}
		t.ids = append([]argen.ID{}, s.history...)
	} else {
		if s.hasHistory {
			return gen, t, errors.New("history: the text before is the history here")
		}
		lm, err := open(ctx, s.model)
		if err != nil {
			return gen, t, err
		}
		gen.Model, gen.Tokenizer = lm.Model, lm.Tokenizer
		if t, err = s.prompt.chat.converse(t, lm); err != nil {
			return gen, t, err
		}
	}
	gen.Top = gen.Model.Info().VocabSize
	return gen, t, nil
}

// The most draws: the text counts them, JSON lists them.
const (
	mostCounted = 1_000_000_000
	mostListed  = 10_000_000
)

// checkDraws refuses more draws than can be made or listed.
func (s *sampling) checkDraws(list bool) error {
	switch {
	case list && s.draws > mostListed:
		return fmt.Errorf("draws: JSON lists at most %s of them", thousands(mostListed))
	case s.draws > mostCounted:
		return fmt.Errorf("draws: at most %s are made", thousands(mostCounted))
	}
	return nil
}

// apply puts the distribution through the chain and draws. The draws are
// counted, and listed where that is asked for.
func (s *sampling) apply(ctx context.Context, gen argen.Generator, t text, list bool) (*sampled, error) {
	if err := s.checkDraws(list); err != nil {
		return nil, err
	}
	r, err := t.start(gen)
	if err != nil {
		return nil, err
	}
	c, err := r.Predict(ctx)
	if err != nil {
		return nil, plainLogits(err, t, gen)
	}
	answer := &sampled{
		Stages: []sampledStage{}, Probs: make([]number, c.VocabSize()), Removed: []removedToken{}, Draws: []argen.ID{}, Seed: gen.Seed,
		times: make([]int, c.VocabSize()),
	}
	c.Each(func(id argen.ID, _ float64) { answer.Probs[id] = number(c.Prob(id)) })
	dice := rand.New(rand.NewPCG(gen.Seed, 0)) // the stream of a run: the first draw is what step draws
	for n := range s.draws {
		if n&0xffff == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		id := r.ChooseAt(dice.Float64())
		answer.times[id]++
		if list {
			answer.Draws = append(answer.Draws, id)
		}
	}
	answer.state = standings(r.Chain())
	step, err := r.Append(r.Choose())
	if err != nil {
		return nil, err
	}
	if s.draws > 0 {
		answer.state = standings(r.Chain())
	}
	answer.step = step
	for _, g := range step.Stages {
		answer.Stages = append(answer.Stages, sampledStage{g.Name, rawParams(g.Params), g.In, g.Kept, number(g.MassRemoved), number(g.EntropyIn), number(g.Entropy), g.LastStanding})
	}
	for _, token := range step.Top {
		if token.RemovedBy != "" {
			answer.Removed = append(answer.Removed, removedToken{token.ID, token.RemovedBy, token.Why})
		}
	}
	slices.SortFunc(answer.Removed, func(x, y removedToken) int { return int(x.ID - y.ID) })
	return answer, nil
}

// plainLogits takes the step from an error about logits that a user gave, and
// says in words what a grammar means by them.
func plainLogits(err error, t text, gen argen.Generator) error {
	var bad *argen.LogitsError
	if t.logits != nil && errors.As(err, &bad) {
		return fmt.Errorf("logits: %w", bad)
	}
	if errors.Is(err, io.EOF) { // nothing else ends a text without a token
		return errors.New("by the chain the text is complete: no token can follow")
	}
	return plainDeadEnd(err, gen.Model.Info())
}

func (a *app) sample(c *cobra.Command, s *sampling, args []string) error {
	ctx := c.Context()
	var t text
	var err error
	if err := s.checkDraws(s.json); err != nil {
		return usagef("--%w", err)
	}
	switch {
	case s.logits != "" && (len(args) > 0 || s.prompt.file != "" || s.prompt.hasIDs || s.prompt.chat.given() || c.Flags().Changed("model")):
		return usagef("--logits are the distribution: no model and no text can be given with them")
	case s.logits == "" && s.hasHistory:
		return usagef("--history goes with --logits; a model has the text before")
	case s.logits != "":
		t.logits, err = a.readLogits(ctx, s.logits)
	default:
		t, err = a.prompt(ctx, &s.prompt, args, false)
	}
	if err != nil {
		return err
	}
	opened := a.models()
	defer opened.close()
	gen, t, err := s.generator(ctx, t, opened.get)
	if err != nil {
		return err
	}
	answer, err := s.apply(ctx, gen, t, s.json)
	if err != nil {
		return err
	}
	if s.json {
		return a.printJSON(answer)
	}
	if s.draws > 0 && !c.Flags().Changed("seed") {
		a.hint("seed %d", gen.Seed)
	}
	_, err = a.stdout.Write([]byte(s.text(gen, answer)))
	return err
}

// readLogits reads a JSON array of logits.
func (a *app) readLogits(ctx context.Context, name string) ([]float64, error) {
	data, err := a.readFile(ctx, name, largestText)
	if err != nil {
		return nil, err
	}
	if name == "-" {
		name = "standard input"
	}
	j := strict.NewJSON(argen.Visible(name), data, 4)
	logits := []float64{}
	err = j.Array(func(int) error {
		x, err := logit(j)
		logits = append(logits, x)
		return err
	})
	if err == nil {
		err = j.End()
	}
	return logits, err
}
