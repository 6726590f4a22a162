package main

import (
	"context"
	"fmt"
	"slices"

	"argen"
	"argen/internal/study"
	"argen/model"
	"argen/sampler/search"
)

// compareVersion is that of the format of samples.jsonl.
const compareVersion = 1

// A compareHead is all that decides a comparison: the first line of its texts,
// so that --resume needs nothing else.
type compareHead struct {
	Type    string         `json:"type"` // "header"
	Version int            `json:"version"`
	Argen   string         `json:"argen"` // of the program that began
	Models  []headModel    `json:"models"`
	Seconds []headModel    `json:"seconds,omitempty"` // of searches that need one
	Prompts []headPrompt   `json:"prompts"`
	Ways    []headStrategy `json:"strategies"`

	Samples      int      `json:"samples"`
	Seed         uint64   `json:"seed"`
	Tokens       int      `json:"tokens"` // 0 for no limit
	Stop         []string `json:"stop,omitempty"`
	AddBOS       string   `json:"add_bos"`
	Context      int      `json:"context,omitempty"` // the limit that was given
	ContextShift bool     `json:"context_shift,omitempty"`
	Place        int      `json:"step"` // that is shown under every strategy, −1 where they differ most

	given []text // the prompts of a new one
	chat  *chatFlags
}

type headModel struct {
	Ref    string `json:"ref"`
	SHA256 string `json:"sha256,omitempty"`
}

type headPrompt struct {
	Text string     `json:"text"`
	IDs  []argen.ID `json:"ids"`
}

type headStrategy struct {
	Name string `json:"name"`
	Text string `json:"chain"` // with its search
}

// newCompareHead is what the command line asks for, with prompts that are not
// yet ids.
func (a *app) newCompareHead(ctx context.Context, k *comparing, args []string) (*compareHead, error) {
	var file []study.Strategy
	if k.file != "" {
		data, err := a.readFile(ctx, k.file, largestStrategies)
		if err != nil {
			return nil, err
		}
		if file, err = readStrategies(argen.Visible(k.file), data); err != nil {
			return nil, err
		}
	}
	strategies, err := a.strategies(k, file)
	if err != nil {
		return nil, err
	}
	prompts, err := a.promptsOf(ctx, k, args)
	if err != nil {
		return nil, err
	}
	h := &compareHead{
		Type: "header", Version: compareVersion, Argen: argen.Version, Samples: k.samples, Seed: 1,
		Tokens: (&stopFlags{tokens: k.tokens}).most(), Stop: k.stop, AddBOS: bosNames[k.prompt.addBOS], Context: a.engine.Context, ContextShift: k.shift, Place: k.place,
	}
	if k.seed.given {
		h.Seed = k.seed.seed
	}
	for _, ref := range k.models {
		h.Models = append(h.Models, headModel{Ref: ref})
	}
	for _, s := range strategies {
		h.Ways = append(h.Ways, headStrategy{s.Name, s.String()})
	}
	h.given, h.chat = prompts, &k.prompt.chat
	if h.chat.given() && k.prompt.addBOS == argen.AutoBOS {
		h.AddBOS = bosNames[argen.NoBOS] // a template writes one where it should be
	}
	return h, nil
}

// leaveOut leaves out of the usual strategies what the model has no part for.
func (h *compareHead) leaveOut(a *app, lm *model.LM) {
	h.Ways = slices.DeleteFunc(h.Ways, func(w headStrategy) bool {
		s, err := strategyOf(w.Text)
		if err != nil || search.Fits(s.Search, lm.Model) == nil {
			return false
		}
		a.hint("%s is left out: the model %s has no hidden states", w.Name, argen.Visible(lm.Ref))
		return true
	})
}

// bindSeconds opens the second models that searches of a plan need, and binds
// them. They are the caller's to close, also after an error. The first model
// must fit every search. As with [compareHead.plan], what the head knows of the
// second models must be so.
func (a *app) bindSeconds(ctx context.Context, h *compareHead, p *study.Plan, resumed bool) (*models, error) {
	opened := a.models()
	for i := range p.Strategies {
		err := search.Fits(p.Strategies[i].Search, p.Model)
		if s, ok := p.Strategies[i].Search.(search.Seconded); ok {
			var lm *model.LM
			if lm, err = opened.get(ctx, s.Second()); err == nil {
				err = h.second(s.Second(), lm, resumed)
			}
			if err == nil {
				p.Strategies[i].Search, err = s.Bind(p.Model, p.Tokenizer, lm.Model, lm.Tokenizer)
			}
		}
		if err != nil {
			return opened, fmt.Errorf("strategy %q: %w", argen.Visible(p.Strategies[i].Name), err)
		}
	}
	return opened, nil
}

// second notes a second model, or reports that it is not the one that was noted.
func (h *compareHead) second(ref string, lm *model.LM, resumed bool) error {
	own := headModel{ref, argen.Identify(lm.Model).SHA256}
	i := slices.IndexFunc(h.Seconds, func(m headModel) bool { return m.Ref == ref })
	switch {
	case i < 0 && !resumed:
		h.Seconds = append(h.Seconds, own)
	case i < 0 || h.Seconds[i] != own:
		return anotherModel(lm)
	}
	return nil
}

// anotherModel says that a model has changed since a comparison began.
func anotherModel(lm *model.LM) error {
	return fmt.Errorf("%s is not the model that the comparison began with: put back what it was", argen.Visible(lm.Ref))
}

// plan is what is to be run. What the head does not know yet of the models it
// learns, what it knows must be so.
func (h *compareHead) plan(lms []*model.LM, resumed bool) (*study.Plan, error) {
	first := lms[0]
	if h.Samples == 0 {
		h.Samples = otherSamples
		if study.Tells(first.Tokenizer) {
			h.Samples = storySamples
		}
	}
	for i, lm := range lms {
		sum := argen.Identify(lm.Model).SHA256
		if resumed && sum != h.Models[i].SHA256 {
			return nil, anotherModel(lm)
		}
		h.Models[i].SHA256 = sum
	}
	for _, t := range h.given {
		t, err := h.chat.converse(t, first)
		if err != nil {
			return nil, err
		}
		ids, err := t.encode(first.Tokenizer)
		if err != nil {
			return nil, err
		}
		text := t.text
		switch {
		case t.chat != nil:
			text = t.chat.Text
		case t.ids != nil:
			text = first.Tokenizer.Decode(ids)
		}
		h.Prompts = append(h.Prompts, headPrompt{text, append([]argen.ID{}, ids...)})
	}
	p := &study.Plan{
		Model: first.Model, Tokenizer: first.Tokenizer, Samples: h.Samples, Seed: h.Seed,
		MaxTokens: h.Tokens, Stop: h.Stop, ContextShift: h.ContextShift,
	}
	if err := (&bosValue{&p.BOS}).Set(h.AddBOS); err != nil {
		return nil, err
	}
	for _, t := range h.Prompts {
		p.Prompts = append(p.Prompts, study.Prompt{Text: t.Text, IDs: t.IDs})
	}
	for _, w := range h.Ways {
		s, err := strategyOf(w.Text)
		if err != nil {
			return nil, fmt.Errorf("strategy %q: %w", argen.Visible(w.Name), err)
		}
		s.Name = w.Name
		p.Strategies = append(p.Strategies, s)
	}
	return p, nil
}
