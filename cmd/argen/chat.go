package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/pflag"

	"argen"
	"argen/internal/strict"
	"argen/model"
)

// chatFlags make the prompt a conversation, written by the model's template.
type chatFlags struct {
	on       bool
	system   string
	messages string // a file
}

func (c *chatFlags) add(fs *pflag.FlagSet) {
	fs.BoolVar(&c.on, "chat", false, "the text is what a user says: the model's own chat template writes the conversation that the model continues")
	fs.StringVar(&c.system, "system", "", "with --chat, begin with this `TEXT` as the message of the system")
	fs.StringVar(&c.messages, "messages", "", "take the conversation from `FILE`, JSON: [{\"role\": \"user\", \"content\": \"Hello!\"}]; - is standard input")
}

// check refuses flags that do not go together. The text is given in some way
// if other is set.
func (c *chatFlags) check(p *promptFlags, other bool) error {
	switch {
	case c.messages != "" && other:
		return usagef("give the text once: --messages holds the whole conversation")
	case !c.on && c.messages == "" && c.system != "":
		return errNoConversation
	case !c.on && c.messages == "":
		return nil
	case p.hasIDs:
		return usagef("--chat and --ids: a conversation is text, choose one")
	case p.special:
		return usagef("--chat and --special: in a conversation the names of control tokens mean those tokens anyway")
	}
	return nil
}

// conversation reads the messages of --messages.
func (a *app) conversation(ctx context.Context, file string) (*model.Messages, error) {
	data, err := a.readFile(ctx, file, largestText)
	if err != nil {
		return nil, err
	}
	if file == "-" {
		file = "standard input"
	}
	j := strict.NewJSON(file, data, 100)
	m, err := model.ReadMessages(j)
	if err == nil {
		err = j.End()
	}
	if err == nil && m.Len() == 0 {
		err = j.Errorf("a conversation without messages")
	}
	return m, err
}

// errSilent says that nothing was said.
var errSilent = usageError{errors.New(`--chat: a message is missing, as in --chat "Why is the sky blue?"`)}

// given reports whether the text is a conversation.
func (c *chatFlags) given() bool { return c.on || c.messages != "" }

// errNoConversation says that there is nothing that a system could begin.
var errNoConversation = usageError{errors.New("--system: it belongs to --chat")}

// converse lets the model's template write the conversation, if t is one.
func (c *chatFlags) converse(t text, lm *model.LM) (text, error) {
	m := t.messages
	if m == nil {
		if !c.on {
			if c.system != "" {
				return t, errNoConversation
			}
			return t, nil
		}
		if t.ids != nil {
			return t, usagef("chat and ids: a conversation is text, give text or messages")
		}
		if t.text == "" {
			return t, errSilent
		}
		m = &model.Messages{}
		m.Add("user", t.text)
	}
	if c.system != "" {
		m = m.WithSystem(c.system)
	}
	t.messages = m
	chat, err := lm.Chat(m, !t.whole || !m.Answered())
	if errors.Is(err, model.ErrNoChat) {
		err = fmt.Errorf("%s has %w", argen.Visible(lm.Ref), err)
	}
	t.chat = &chat
	return t, err
}
