package main

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"time"

	"argen"
	"argen/internal/tensor"
	"argen/model"
)

// measured is the JSON of a model, or of a training, with a number of threads.
// What cannot be known of a model is null.
type measured struct {
	Model   string `json:"model"`
	Threads int    `json:"threads"`
	Kernel  string `json:"kernel"`

	*decoding
	*learning
	RSSMB *float64 `json:"rss_mb"` // the most so far, of the process
}

// decoding is what is measured of a model.
type decoding struct {
	Activations   string  `json:"activations,omitempty"` // "int8" if they are rounded
	LoadMS        figure  `json:"load_ms"`
	FirstMS       figure  `json:"first_ms"` // load and the logits after one token
	Prompt        int     `json:"prompt"`   // tokens
	PrefillTokS   figure  `json:"prefill_tok_s"`
	Gen           int     `json:"gen"` // tokens
	DecodeTokS    figure  `json:"decode_tok_s"`
	StepUS        figure  `json:"step_us"` // the median step
	BytesPerToken *int64  `json:"bytes_per_token"`
	GBS           *figure `json:"gb_s"`       // of weights, while decoding
	ReadGBS       *figure `json:"read_gb_s"`  // of as many bytes, only read
	ReadShare     *number `json:"read_share"` // the one over the other
}

// title is the line above a table.
func (m *measured) title() string {
	if m.learning != nil {
		return fmt.Sprintf("training %s, kernel %s\n", m.Model, m.Kernel)
	}
	kernel := m.Kernel
	if m.decoding.Activations != "" {
		kernel += ", activations " + m.decoding.Activations
	}
	return fmt.Sprintf("%s, kernel %s: prompts of %s, %s written\n", argen.Visible(m.Model), kernel, count(m.Prompt, "token"), thousands(int64(m.Gen)))
}

// lines are what a table says of it.
func (m *measured) lines() (all [][2]string) {
	add := func(name, text string) { all = append(all, [2]string{name, text}) }
	if d := m.decoding; d != nil {
		add("load, ms", d.LoadMS.String())
		add("load, first logits, ms", d.FirstMS.String())
		add("prefill, tokens/s", d.PrefillTokS.String())
		add("decode, tokens/s", d.DecodeTokS.String())
		add("step, µs", d.StepUS.String())
		if d.BytesPerToken != nil {
			add("weights a token, MB", digits(float64(*d.BytesPerToken)/1e6))
			add("weights, GB/s", d.GBS.String())
			add("reading alone, GB/s", d.ReadGBS.String())
			add("share of that", fmt.Sprintf("%.0f%%", 100*float64(*d.ReadShare)))
		}
	}
	if l := m.learning; l != nil {
		add("tokens/s", l.TokensS.String())
		add("GFLOP/s (6 a parameter)", l.GFLOPS.String())
	}
	if m.RSSMB != nil {
		add("memory at most, MB", digits(*m.RSSMB))
	}
	return all
}

// longLoad is how long a model may take to open to be opened again and again.
const longLoad = time.Second

// benchModel measures a model.
func (a *app) benchModel(ctx context.Context, b *bench) error {
	var all []measured
	err := a.withThreads(ctx, b, func(threads int) error {
		d, err := a.decoding(ctx, b)
		if err == nil {
			all = append(all, measured{Model: b.model, Threads: threads, Kernel: tensor.Kernel(), decoding: d, RSSMB: peakMemory()})
		}
		return err
	})
	if err != nil {
		return err
	}
	// Last, since what it reads takes memory that is not the model's.
	err = a.withThreads(ctx, b, func(threads int) error {
		for i := range all {
			if m := &all[i]; m.Threads == threads && m.BytesPerToken != nil && m.ReadGBS == nil {
				m.GBS = m.DecodeTokS.times(float64(*m.BytesPerToken) / 1e9)
				read := readRate(*m.BytesPerToken, cmp.Or(threads, runtime.NumCPU()), b.reps)
				share := number(rounded(m.GBS[1]/read[1], 3))
				m.ReadGBS, m.ReadShare = &read, &share
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return a.reportBench(b, all)
}

// decoding measures a model with the threads in force.
func (a *app) decoding(ctx context.Context, b *bench) (*decoding, error) {
	var load, first, prefill, decode, step []float64
	var s *speaker
	var lm *model.LM
	defer func() {
		if lm != nil {
			lm.Close()
		}
	}()
	for rep := range b.reps {
		if rep == 0 || load[0] < float64(longLoad.Milliseconds()) {
			if lm != nil {
				lm.Close() // what it has mapped counts as memory
			}
			start := time.Now()
			next, err := a.open(ctx, b.model)
			if lm = next; err != nil {
				return nil, err
			}
			load = append(load, float64(time.Since(start))/1e6)
			if _, err := lm.Model.Start().Extend(ctx, begin(lm.Model)); err != nil {
				return nil, err
			}
			first = append(first, float64(time.Since(start))/1e6)
		}
		if rep == 0 {
			var err error
			if s, err = newSpeaker(ctx, lm, b); err != nil {
				return nil, err
			}
		}
		s.model = lm.Model
		rate, err := s.prefill(ctx)
		if err != nil {
			return nil, err
		}
		prefill = append(prefill, rate)
		rate, middle, err := s.decode(ctx, b.gen)
		if err != nil {
			return nil, err
		}
		decode, step = append(decode, rate), append(step, middle)
	}
	d := &decoding{
		Activations: s.info.Activations, LoadMS: newFigure(load), FirstMS: newFigure(first), Prompt: len(s.prompt), PrefillTokS: newFigure(prefill),
		Gen: b.gen, DecodeTokS: newFigure(decode), StepUS: newFigure(step),
	}
	if m, ok := model.Base(lm.Model).(interface{ BytesPerToken() int64 }); ok {
		n := m.BytesPerToken()
		d.BytesPerToken = &n
	}
	return d, nil
}

// begin is what a text begins with.
func begin(m argen.Model) argen.ID { return max(m.Info().BOS, 0) }

// A speaker runs a model to see how long that takes.
type speaker struct {
	model  argen.Model
	info   argen.Info
	prompt []argen.ID
	again  bool // a text that has ended is begun anew
}

// leastTime is how long a measurement takes at least: what is done sooner is
// done again.
const leastTime = 20 * time.Millisecond

// newSpeaker picks a prompt and runs the model once, so that what is lazy is
// done. A transformer takes the same time for any token, so its prompts are
// random. Others get the beginning of a text of their own.
func newSpeaker(ctx context.Context, lm *model.LM, b *bench) (*speaker, error) {
	s := &speaker{model: lm.Model, info: lm.Model.Info()}
	n := b.prompt
	if most := s.info.ContextLength; most > 0 && n > most {
		if b.givenPrompt {
			return nil, fmt.Errorf("%s: a prompt of %s does not fit, the longest context is %s: lower --prompt", argen.Visible(b.model), count(n, "token"), count(most, "token"))
		}
		n = most
	}
	if s.info.Kind == "transformer" {
		rng := rand.New(rand.NewPCG(1, 1))
		for range n {
			s.prompt = append(s.prompt, argen.ID(rng.IntN(s.info.VocabSize)))
		}
	} else {
		s.again = true
		gen := argen.Generator{Model: lm.Model, Tokenizer: lm.Tokenizer, Seed: 1, MaxTokens: n}
		run, err := gen.Start("")
		if err != nil {
			return nil, err
		}
		for step, err := range run.Steps(ctx) {
			if err != nil {
				return nil, err
			}
			if !slices.Contains(s.info.Stop, step.ID) {
				s.prompt = append(s.prompt, step.ID)
			}
		}
		if s.info.BOS != argen.NoID {
			s.prompt = append([]argen.ID{s.info.BOS}, s.prompt...)
			s.prompt = s.prompt[:min(n, len(s.prompt))]
		}
	}
	if len(s.prompt) == 0 {
		return nil, fmt.Errorf("%s: its texts are empty, which leaves nothing to measure", argen.Visible(b.model))
	}
	if _, err := s.model.Start().Extend(ctx, s.prompt[:min(16, len(s.prompt))]...); err != nil {
		return nil, err
	}
	_, _, err := s.decode(ctx, 1)
	return s, err
}

// prefill returns the tokens a second of the prompt.
func (s *speaker) prefill(ctx context.Context) (float64, error) {
	start, tokens := time.Now(), 0
	for {
		if _, err := s.model.Start().Extend(ctx, s.prompt...); err != nil {
			return 0, err
		}
		tokens += len(s.prompt)
		if took := time.Since(start); took >= leastTime {
			return float64(tokens) / took.Seconds(), nil
		}
	}
}

// decode writes at least n tokens, each the most probable one, and returns the
// tokens a second and the microseconds of the median step.
func (s *speaker) decode(ctx context.Context, n int) (rate, step float64, err error) {
	var (
		steps []float64
		state argen.State
		next  = s.prompt[:1]
		begin = time.Now()
	)
	for last := begin; len(steps) < n || last.Sub(begin) < leastTime; {
		if state == nil || s.info.ContextLength > 0 && state.Len() == s.info.ContextLength {
			state, next = s.model.Start(), s.prompt[:1]
		}
		logits, err := state.Extend(ctx, next...)
		if err != nil {
			return 0, 0, err
		}
		id := largest(logits)
		next = []argen.ID{id}
		if s.again && slices.Contains(s.info.Stop, id) {
			state = nil
		}
		now := time.Now()
		steps = append(steps, now.Sub(last).Seconds())
		last = now
	}
	rate = float64(len(steps)) / time.Since(begin).Seconds()
	slices.Sort(steps)
	return rate, median(steps) * 1e6, nil
}

// largest is the index of the largest number.
func largest(x []float64) argen.ID {
	at := 0
	for i, v := range x {
		if v > x[at] {
			at = i
		}
	}
	return argen.ID(at)
}
