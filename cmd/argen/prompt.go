package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"argen"
	"argen/model"
	"argen/tokenizer"
)

// A text is what stands before the first token, as text or as ids.
type text struct {
	text    string
	special bool       // names of control tokens in it mean the tokens
	ids     []argen.ID // of --ids, nil if text is given
	logits  []float64  // of a request to sample, nil if there are none
	heal    bool       // the last token is opened again

	messages *model.Messages // of --messages or of a request, nil if there are none
	whole    bool            // the conversation may end with an answer, and is then not to go on
	chat     *argen.Chat     // the conversation as it was written, nil if it is none
}

// prompt reads the text that a command begins with: its arguments joined by
// blanks, or -f FILE, or standard input if that is - or a pipe. One line end at
// the end of a file or of standard input is not part of it. Without any of
// these the text is empty. Interactive is set if standard input answers
// questions later, so that no prompt may come from there.
func (a *app) prompt(ctx context.Context, p *promptFlags, args []string, interactive bool) (text, error) {
	given := 0
	for _, is := range []bool{len(args) > 0, p.file != "", p.hasIDs} {
		if is {
			given++
		}
	}
	if err := p.chat.check(p, given > 0); err != nil {
		return text{}, err
	}
	if p.chat.messages != "" {
		m, err := a.conversation(ctx, p.chat.messages)
		return text{messages: m}, err
	}
	if p.chat.on && given == 0 && (a.stdinTTY || interactive) {
		return text{}, errSilent
	}
	name := p.file
	switch {
	case given > 1:
		return text{}, usagef("give the text once: as arguments, with --file or with --ids")
	case p.hasIDs && p.special:
		return text{}, errSpecialIDs
	case p.hasIDs:
		return text{ids: slices.Clip(append([]argen.ID{}, p.ids...))}, nil
	case len(args) == 1 && args[0] == "-" || given == 0 && !a.stdinTTY && !interactive:
		name = "-"
	case p.file == "":
		return text{text: strings.Join(args, " "), special: p.special}, nil
	}
	if name == "-" && interactive {
		return text{}, usagef("standard input is asked at each step here and cannot hold the prompt too")
	}
	data, err := a.readFile(ctx, name, largestText)
	if err != nil {
		return text{}, err
	}
	s := strings.TrimSuffix(string(data), "\n")
	return text{text: strings.TrimSuffix(s, "\r"), special: p.special}, nil
}

// errSpecialIDs says that there are no names in ids.
var errSpecialIDs = usageError{errors.New("--special is about names of control tokens in a text, and ids name any token: leave it out")}

// start begins a text.
func (t text) start(g argen.Generator) (*argen.Run, error) {
	if t.chat != nil {
		return g.StartChat(*t.chat)
	}
	if t.heal {
		ids, stage, err := t.healed(g.Tokenizer)
		if err != nil {
			return nil, err
		}
		if stage != nil {
			if slices.ContainsFunc(g.Chain, func(other argen.Transform) bool { return other.Name() == stage.Name() }) {
				return nil, usagef("--token-healing: the chain has that stage already")
			}
			g.Chain = append([]argen.Transform{stage}, g.Chain...)
		}
		return g.StartIDs(ids)
	}
	if t.ids == nil && !t.special {
		r, err := g.Start(t.text)
		return r, unknownWords(err)
	}
	ids, err := t.encode(g.Tokenizer)
	if err != nil {
		return nil, err
	}
	return g.StartIDs(ids)
}

// unknownWords is err without what stands before, if it is about words that a
// model does not know, and with what to do where none is near.
func unknownWords(err error) error {
	var unknown *tokenizer.UnknownWordsError
	if !errors.As(err, &unknown) {
		return err
	}
	for _, w := range unknown.Words {
		if len(w.Nearest) > 0 {
			return unknown
		}
	}
	return fmt.Errorf("%w; argen generate without a prompt shows words that are known", unknown)
}

// encode returns the ids of a text.
func (t text) encode(tok argen.Tokenizer) ([]argen.ID, error) {
	switch {
	case t.chat != nil:
		return t.chat.IDs, nil
	case t.ids != nil:
		return slices.Clone(t.ids), nil
	case !t.special:
		ids, err := tok.Encode(t.text)
		return ids, unknownWords(err)
	}
	ids, err := tokenizer.EncodeSpecial(tok, t.text)
	return ids, unknownWords(err)
}
