package model

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"argen"
	"argen/internal/jinja"
	"argen/internal/strict"
	"argen/model/gguf"
	"argen/model/paths"
	"argen/tokenizer"
)

// Where a folder keeps its chat template: a file of its own, or a field beside
// the names of the tokens that it uses.
const (
	chatFile            = "chat_template.jinja"
	chatFolder          = "additional_chat_templates" // with others, that have names
	tokenizerConfigFile = "tokenizer_config.json"
	keyChatTemplate     = "tokenizer.chat_template"
)

// maxChatConfig is the largest tokenizer_config.json that is read, in bytes.
const maxChatConfig = 16 << 20

// A ChatTemplate writes a conversation as the text that a model was trained to
// continue: a program in the language of Jinja that comes with the model.
type ChatTemplate struct {
	Source string   // of the template
	From   string   // the file or the key that it stands in
	Others []string // the names of templates that stand beside it, and are not used

	tokens map[string]any // bos_token, eos_token and so on, for the template
}

// Messages are a conversation: a list of messages, each with the fields that
// the template asks for, which are role and content at least.
type Messages struct{ list []any }

// Add appends a message.
func (m *Messages) Add(role, content string) {
	d := jinja.NewDict()
	d.Set("role", role)
	d.Set("content", content)
	m.list = append(m.list, d)
}

// WithSystem returns the conversation with a message of the system before all
// others.
func (m *Messages) WithSystem(content string) *Messages {
	all := &Messages{}
	all.Add("system", content)
	all.list = append(all.list, m.list...)
	return all
}

// Len is the number of messages.
func (m *Messages) Len() int { return len(m.list) }

// Answered reports whether the last message is an answer of the model's.
func (m *Messages) Answered() bool {
	n := len(m.list)
	return n > 0 && m.list[n-1].(*jinja.Dict).Get("role") == "assistant"
}

// ReadMessages reads [{"role":"user","content":"…"}, …], the messages as
// OpenAI's interface has them. What else a message holds is kept, since a
// template may ask for it.
func ReadMessages(j *strict.JSON) (*Messages, error) {
	m := &Messages{}
	err := j.Array(func(int) error {
		if j.Kind() != strict.Object {
			return j.Errorf("want an object with role and content")
		}
		v, err := jinja.FromJSON(j)
		if err != nil {
			return err
		}
		if role, ok := v.(*jinja.Dict).Get("role").(string); !ok || role == "" {
			return j.Errorf(`"role" is missing, it is system, user, assistant or another that the model knows`)
		}
		m.list = append(m.list, v)
		return nil
	})
	return m, err
}

// ErrNoChat says that a model has no chat template.
var ErrNoChat = errors.New("no chat template, so it was not trained to chat or its file does not say how: give the prompt as text, without --chat")

// ChatTemplate returns the template that came with a model, or [ErrNoChat].
func (lm *LM) ChatTemplate() (*ChatTemplate, error) {
	if lm.chat == nil {
		return nil, ErrNoChat
	}
	c, err := lm.chat()
	if err == nil && c == nil {
		err = ErrNoChat
	}
	return c, err
}

// Chat writes a conversation, with what lets the model answer if answer is
// set, and cuts it into tokens; see [argen.Generator.StartChat].
func (lm *LM) Chat(m *Messages, answer bool) (argen.Chat, error) {
	c, err := lm.ChatTemplate()
	if err != nil {
		return argen.Chat{}, err
	}
	text, err := c.Render(m, answer)
	if err != nil {
		return argen.Chat{}, err
	}
	ids, err := tokenizer.EncodeSpecial(lm.Tokenizer, text)
	return argen.Chat{Text: text, IDs: ids, Template: c.Source}, err
}

// AnswerAt returns at which byte of a conversation, as Chat wrote it, the answer
// begins that is its last message. It is false where the last message is no
// answer, or where the template writes what stands before it in another way as
// soon as there is one.
func (lm *LM) AnswerAt(m *Messages, chat argen.Chat) (at int, ok bool) {
	c, err := lm.ChatTemplate()
	if err != nil || !m.Answered() {
		return 0, false
	}
	before, err := c.Render(&Messages{list: m.list[:len(m.list)-1]}, true)
	ok = err == nil && len(before) < len(chat.Text) && strings.HasPrefix(chat.Text, before)
	return len(before), ok
}

// Render writes a conversation as transformers' apply_chat_template does.
// Answer is its add_generation_prompt.
func (c *ChatTemplate) Render(m *Messages, answer bool) (string, error) {
	t, err := jinja.Parse(c.From, c.Source)
	if err != nil {
		return "", fmt.Errorf("chat template: %w", err)
	}
	vars := map[string]any{"messages": jinja.NewList(m.list...), "add_generation_prompt": answer, "tools": nil, "documents": nil}
	for name, token := range c.tokens {
		vars[name] = token
	}
	text, err := t.Render(vars, jinja.Options{})
	if err != nil {
		return "", fmt.Errorf("chat template: %w", err)
	}
	return text, nil
}

// bounded returns an error if the template costs more than one may for the
// shortest conversation, since its file is then made to do harm. What else is
// wrong with it concerns only those who chat.
func (c *ChatTemplate) bounded() error {
	m := &Messages{}
	m.Add("user", "a")
	_, err := c.Render(m, true)
	if e := (*jinja.Error)(nil); errors.As(err, &e) && e.Stopped {
		return err
	}
	return nil
}

// ggufChat returns the template in the metadata of a GGUF, nil if there is none.
func ggufChat(m gguf.Meta, tok argen.Tokenizer) *ChatTemplate {
	source, ok := m.String(keyChatTemplate)
	if !ok {
		return nil
	}
	c := &ChatTemplate{Source: source, From: keyChatTemplate, tokens: map[string]any{}}
	c.Others, _ = m.Value(keyChatTemplate + "s").([]string)
	for _, name := range specialNames {
		key := "tokenizer.ggml." + map[string]string{"unk_token": "unknown_token", "pad_token": "padding_token"}[name]
		if key == "tokenizer.ggml." {
			key += name
		}
		if id, ok := m.Int(key + "_id"); ok && id >= 0 && id < tok.VocabSize() {
			c.tokens[name] = string(tok.Piece(argen.ID(id)))
		}
	}
	return c
}

// specialNames are the tokens that a template may name.
var specialNames = []string{"bos_token", "eos_token", "unk_token", "pad_token", "sep_token", "cls_token", "mask_token"}

// folderChat returns the template of a Hugging Face folder, nil if it has none.
// A file of its own goes before the field, as in transformers; of several
// templates with names the one named default is taken.
func folderChat(dir string) (*ChatTemplate, error) {
	c := &ChatTemplate{From: tokenizerConfigFile, tokens: map[string]any{}}
	name := filepath.Join(dir, tokenizerConfigFile)
	data, err := paths.Read(name, maxChatConfig)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, err
	default:
		if err := c.read(strict.NewJSON(name, data, jinja.MaxDepth)); err != nil {
			return nil, err
		}
	}
	data, err = paths.Read(filepath.Join(dir, chatFile), jinja.MaxSource)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, err
	default:
		c.Source, c.From = string(data), chatFile
	}
	more, _ := filepath.Glob(filepath.Join(dir, chatFolder, "*.jinja")) // the pattern is one
	for _, path := range more {
		c.Others = append(c.Others, strings.TrimSuffix(filepath.Base(path), ".jinja"))
	}
	if c.Source == "" {
		return nil, nil
	}
	return c, nil
}

// read takes the template and the names of tokens from a tokenizer_config.json.
func (c *ChatTemplate) read(j *strict.JSON) error {
	err := j.Object(func(name string) error {
		switch {
		case name == "chat_template":
			return c.readTemplate(j)
		case strings.HasSuffix(name, "_token"):
			return c.readToken(j, name)
		}
		return j.Skip()
	})
	if err != nil {
		return err
	}
	return j.End()
}

// readTemplate reads a template, or [{"name","template"}, …].
func (c *ChatTemplate) readTemplate(j *strict.JSON) (err error) {
	switch j.Kind() {
	case strict.String:
		c.Source, err = j.String()
		return err
	case strict.Array:
	default:
		return j.Skip()
	}
	var names []string
	err = j.Array(func(int) error {
		name, source := "", ""
		err := j.Object(func(field string) (err error) {
			switch field {
			case "name":
				name, err = j.String()
			case "template":
				source, err = j.String()
			default:
				err = j.Skip()
			}
			return err
		})
		if names = append(names, name); name == "default" {
			c.Source = source
		} else {
			c.Others = append(c.Others, name)
		}
		return err
	})
	if err == nil && c.Source == "" && len(names) > 0 {
		err = j.Errorf("chat_template: there are templates named %s, and none named default", strings.Join(names, ", "))
	}
	return err
}

// readToken reads the name of a token: "</s>", or {"content": "</s>", …}.
func (c *ChatTemplate) readToken(j *strict.JSON, name string) error {
	put := func() error {
		text, err := j.String()
		c.tokens[name] = text
		return err
	}
	switch j.Kind() {
	case strict.String:
		return put()
	case strict.Object:
		return j.Object(func(field string) error {
			if field == "content" && j.Kind() == strict.String {
				return put()
			}
			return j.Skip()
		})
	}
	return j.Skip()
}
