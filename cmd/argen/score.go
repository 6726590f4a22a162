package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"slices"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"argen"
	"argen/model"
)

// scoring is a command line of score, or one request of a batch.
type scoring struct {
	models            []string
	prompt            promptFlags
	top               int
	shift             bool
	inside            placeFlag
	watermark         watermarkFlag
	logits, eos, json bool
	batch             string
}

func scoreCommand(a *app) *cobra.Command {
	s := scoring{}
	c := &cobra.Command{
		Use:   "score [TEXT]",
		Short: "Show how probable a given text is, token by token",
		Long: `Show what a model makes of a text that is given: the probability of every token
given those before it, its rank and surprisal, and the uncertainty there. The
sum of the logarithms is ln P(text).

With --chat or --messages the text is a conversation, as the model's template
writes it. Where its last message is an answer of the assistant, the sums of
that answer and its end are shown too, given all before it; else the text ends
where the model would begin one.

With several --model the same text is scored by each, side by side: the tokens
where the others lose most bits against the first are marked. With truth as the
first that is what a model has not learned.

A JSON result is a line a model: {"model","tokens":[{"t","id","token","bytes",
"logprob","prob","rank","surprisal","entropy","top"}],"logprob","bits",
"perplexity","bits_per_byte","counted"}. A token that the model cannot predict,
the first where nothing stands before it and any after an impossible one, has
null and is not counted. With --context-shift a token has "dropped", how many
older tokens the model did not see, where there are any. --inside T adds
"inside":{"t","context","tokens","effects","attention","lens","hidden"}: effects
in ln P, attention by layer, head and token, lens and hidden by the number of
layers, from 0. A conversation adds "text", and where there is an answer
"answer":{"t","logprob","bits","perplexity","bits_per_byte","counted"}, t being
its first token. --watermark adds "watermark":{"z","p","green","counted"}, and
"green" to the tokens: true, or false for red.`,
		Example: `  argen score "Yuki and Kofi were walking to the beach."
  argen score -m truth -m story-ngram "Yuki and Kofi were walking to the beach."
  argen generate -m truth --seed 1 -q | argen score -m truth -m story-ngram
  argen score --inside 4 "Yuki and Kofi were walking to the beach."
  argen generate --seed 1 -q --watermark 0.25 | argen score --watermark 0.25
  argen score --json --top 3 "Yuki and Kofi were walking to the beach."`,
		RunE: func(c *cobra.Command, args []string) error {
			if s.batch != "" {
				return a.runBatch(c, s.batch, args, func() answerer { return &scoring{} })
			}
			return a.score(c.Context(), &s, args)
		},
	}
	fs := c.Flags()
	s.add(a, fs)
	a.engineFlags(fs)
	fs.BoolVar(&s.json, "json", false, "print a line of JSON for each model")
	batchFlag(fs, &s.batch)
	return c
}

func (s *scoring) add(a *app, fs *pflag.FlagSet) {
	fs.StringArrayVarP(&s.models, "model", "m", []string{a.defaultModel()}, "`REF` of the model: "+modelRefs+"; may be repeated (environment ARGEN_MODEL)")
	s.prompt.add(fs)
	fs.BoolVar(&s.shift, "context-shift", false, "score a text that is longer than the model's context: where that is full, drop the oldest tokens but for BOS, half of the context at a time; else it is an error")
	fs.BoolVar(&s.eos, "eos", false, "score the end of the text too")
	fs.Var(&fromOneValue{&s.top}, "top", "list the `N` most probable tokens at each place")
	fs.Var(&s.inside, "inside", "look inside the model where it predicts the token `T` of the text: what each token before it does for it, and in a transformer attention and what each layer would predict; the JSON has the hidden states too")
	fs.Var(&s.watermark, "watermark", "look for the watermark of these `VALUES`, as the stage watermark has them in a chain: 0.25 or 0.25/2/key:99; the tokens of it that are green, and how far above chance that is")
	fs.BoolVar(&s.logits, "logits", false, "add the logits of the whole vocabulary at each place to the JSON")
}

// answer implements answerer.
func (s *scoring) answer(ctx context.Context, _ *app, opened *models, t text) (any, error) {
	t.special = s.prompt.special
	var all []*score
	for _, ref := range s.models {
		lm, err := opened.get(ctx, ref)
		if err != nil {
			return nil, err
		}
		one, err := s.of(ctx, lm, t)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	if len(all) == 1 {
		return all[0], nil
	}
	return all, nil
}

func (a *app) score(ctx context.Context, s *scoring, args []string) error {
	if s.logits && !s.json {
		return usagef("--logits are a part of the JSON only: add --json")
	}
	switch {
	case s.watermark.text != "" && len(s.models) > 1 && !s.json:
		return usagef("--watermark looks at the tokens of one model, or with --json of several")
	case s.top > 0 && len(s.models) > 1 && !s.json:
		return usagef("--top lists the tokens of one model, or with --json of several")
	case len(args) == 0 && s.prompt.file == "" && !s.prompt.hasIDs && !s.prompt.chat.given() && a.stdinTTY:
		return usagef("score: which text? give it as argument, with --file or through a pipe")
	}
	t, err := a.prompt(ctx, &s.prompt, args, false)
	if err != nil {
		return err
	}
	var all []*score
	for _, ref := range s.models {
		lm, err := a.open(ctx, ref)
		if err != nil {
			return err
		}
		defer lm.Close()
		one, err := s.of(ctx, lm, t)
		if err != nil {
			return modelError(s.models, ref, err)
		}
		if all = append(all, one); s.json {
			if err := a.printJSON(one); err != nil {
				return err
			}
		}
	}
	if s.json {
		return nil
	}
	_, err = a.stdout.Write([]byte(scoreText(all)))
	return err
}

// A score is what a model makes of a text.
type score struct {
	Model       string        `json:"model"`
	Tokens      []scoredToken `json:"tokens"`
	LogProb     number        `json:"logprob"` // ln P(text)
	Bits        number        `json:"bits"`
	Perplexity  number        `json:"perplexity"`
	BitsPerByte number        `json:"bits_per_byte"`
	Counted     int           `json:"counted"`        // tokens that LogProb sums over
	Text        string        `json:"text,omitempty"` // of a conversation, as the template wrote it
	Answer      *scoredAnswer `json:"answer,omitempty"`
	Watermark   *scoredMark   `json:"watermark,omitempty"`
	Inside      *inside       `json:"inside,omitempty"`

	silent string // why no token is counted, "" if one is
}

// A scoredToken is one token of a text. What is nil the model cannot say.
type scoredToken struct {
	T         int         `json:"t"` // from 0, the first token of the text
	ID        argen.ID    `json:"id"`
	Token     string      `json:"token"`
	Bytes     string      `json:"bytes,omitempty"` // base64, where the token is no valid UTF-8
	LogProb   *number     `json:"logprob"`
	Prob      *number     `json:"prob"`
	Rank      *int        `json:"rank"`
	Surprisal *number     `json:"surprisal"`
	Entropy   *number     `json:"entropy"`
	Dropped   int         `json:"dropped,omitempty"` // older tokens that the model did not see
	Green     *bool       `json:"green,omitempty"`   // by the watermark looked for
	Top       []scoredTop `json:"top,omitempty"`
	Logits    []number    `json:"logits,omitempty"`
}

type scoredTop struct {
	ID      argen.ID `json:"id"`
	Token   string   `json:"token"`
	LogProb number   `json:"logprob"`
}

// of scores a text with a model.
func (s *scoring) of(ctx context.Context, lm *model.LM, t text) (*score, error) {
	info := lm.Model.Info()
	t.whole = true
	t, err := s.prompt.chat.converse(t, lm)
	if err != nil {
		return nil, err
	}
	ids, err := t.encode(lm.Tokenizer)
	if err != nil {
		return nil, err
	}
	if len(ids) == 0 && !s.eos {
		return nil, errors.New("the text is empty: there is nothing to score")
	}
	length := len(t.text)
	bos := s.prompt.addBOS
	if t.chat != nil && bos == argen.AutoBOS {
		bos = argen.NoBOS // a template writes one where it should be
	}
	if t.ids != nil || t.special || t.chat != nil {
		length = len(lm.Tokenizer.Decode(ids))
	}
	if s.eos {
		if len(info.Stop) == 0 {
			return nil, errors.New("--eos: the model has no token that ends a text")
		}
		ids = append(ids, info.Stop[0])
	}
	trace := &argen.Trace{}
	gen := argen.Generator{Model: lm.Model, Tokenizer: lm.Tokenizer, BOS: bos, Top: s.top, ContextShift: s.shift, NoHash: true, Sinks: []argen.Sink{trace}}
	if _, err := gen.Score(ctx, nil, ids); err != nil && !stuck(trace, err) {
		return nil, err
	}
	first := 0 // token that is predicted: one that nothing predicts is prompt
	if p := trace.Head.PromptIDs; len(ids) > 0 && len(p) > 0 && p[len(p)-1] == ids[0] {
		first = 1
	}
	r := &score{Model: lm.Ref, Tokens: make([]scoredToken, len(ids)), Counted: len(trace.Steps)}
	counted := 0 // bytes
	for i, id := range ids {
		r.Tokens[i] = scoredToken{T: i, ID: id, Token: string(lm.Tokenizer.Piece(id))}
		if !utf8.ValidString(r.Tokens[i].Token) {
			r.Tokens[i].Bytes = base64.StdEncoding.EncodeToString([]byte(r.Tokens[i].Token))
		}
		if step := i - first; step >= 0 && step < len(trace.Steps) {
			r.Tokens[i].fill(&trace.Steps[step], s.top)
			counted += len(trace.Steps[step].Text)
		}
	}
	if first == 0 && r.Counted == len(ids) {
		counted = length // as it was given, whatever the tokenizer makes of its blanks
	}
	r.LogProb = number(trace.LogProb())
	r.Bits = -r.LogProb/math.Ln2 + 0
	r.Perplexity = number(math.Exp(-float64(r.LogProb) / float64(r.Counted)))
	r.BitsPerByte = r.Bits / number(counted)
	if r.Counted == 0 {
		r.silent = silence(lm, ids)
	}
	if t.chat != nil {
		if err := r.chat(lm, t, trace, first); err != nil {
			return nil, err
		}
	}
	if err := s.watermark.search(r, lm, first); err != nil {
		return nil, err
	}
	if t := s.inside.t; s.inside.given {
		switch {
		case t >= len(ids):
			return nil, fmt.Errorf("--inside %d: the text has the tokens 0 to %d", t, len(ids)-1)
		case r.Tokens[t].Prob == nil:
			return nil, fmt.Errorf("--inside %d: the model does not predict that token", t)
		}
		all := slices.Concat(trace.Head.PromptIDs, ids[first:t])
		if r.Inside, err = look(ctx, lm, all, first-len(trace.Head.PromptIDs), &r.Tokens[t]); err != nil {
			return nil, err
		}
	}
	if s.logits {
		return r, r.addLogits(ctx, lm, trace.Head.PromptIDs, first)
	}
	return r, nil
}

// silence says why a model predicts no token of a text, and what to do.
func silence(lm *model.LM, ids []argen.ID) string {
	info := lm.Model.Info()
	switch {
	case info.BOS == argen.NoID:
		return "a first token is predicted from nothing, which " + argen.Visible(lm.Ref) + " cannot do: score two tokens or more"
	case ids[0] == info.BOS:
		return "the text is the token of a beginning alone, and nothing stands before that: score what follows it too"
	}
	return fmt.Sprintf("a first token is predicted from nothing, which %s cannot do: --add-bos yes puts %s before it", argen.Visible(lm.Ref), bareToken(string(lm.Tokenizer.Piece(info.BOS))))
}

// stuck reports whether scoring ended because the text is impossible: after a
// token of probability 0 a model may have nothing to say.
func stuck(t *argen.Trace, err error) bool {
	var none *argen.LogitsError
	return errors.As(err, &none) && none.ID == argen.NoID && math.IsInf(t.LogProb(), -1)
}

// fill takes over what a step recorded.
func (t *scoredToken) fill(s *argen.Step, top int) {
	logprob, prob, surprisal, entropy, rank := number(s.LogProb), number(s.Prob), number(s.Surprisal), number(s.Entropy), s.Rank
	t.LogProb, t.Prob, t.Surprisal, t.Entropy, t.Rank, t.Dropped = &logprob, &prob, &surprisal, &entropy, &rank, s.Dropped
	for i, c := range s.Top {
		if i == top { // after these stands the token itself
			break
		}
		l := c.Logit - (s.Logit - s.LogProb) // the difference is ln Σ exp(logit)
		if math.IsInf(s.LogProb, -1) {
			l = math.Log(c.Prob)
		}
		t.Top = append(t.Top, scoredTop{c.ID, c.Token, number(l)})
	}
}

// addLogits adds the logits at each place; prompt is what stands before the
// first that has any.
func (r *score) addLogits(ctx context.Context, lm *model.LM, prompt []argen.ID, first int) error {
	state, next := lm.Model.Start(), prompt
	all, dropped := slices.Clone(prompt), 0
	for i := first; i < len(r.Tokens); i++ {
		if d := r.Tokens[i].Dropped; d != dropped {
			dropped = d
			state.Rewind(0)
			next = inSight(lm.Model.Info(), all, d)
		}
		logits, err := state.Extend(ctx, next...)
		if err != nil {
			return err
		}
		r.Tokens[i].Logits = make([]number, len(logits))
		for k, l := range logits {
			r.Tokens[i].Logits[k] = number(l)
		}
		next = []argen.ID{r.Tokens[i].ID}
		all = append(all, r.Tokens[i].ID)
	}
	return nil
}
