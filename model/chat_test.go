package model

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"argen"
	"argen/internal/strict"
	"argen/model/gguf"
	"argen/tokenizer"
)

// chatReference is what transformers makes of conversations, by model.
type chatReference map[string]struct {
	Config json.RawMessage // tokenizer_config.json
	Chat   []struct {
		Messages json.RawMessage
		Answer   bool `json:"add_generation_prompt"`
		Rendered string
		IDs      []argen.ID
	}
}

func chatReferences(t *testing.T) chatReference {
	t.Helper()
	data, err := os.ReadFile("testdata/chat.json")
	if err != nil {
		t.Fatal(err)
	}
	ref := chatReference{}
	if err := json.Unmarshal(data, &ref); err != nil {
		t.Fatal(err)
	}
	if len(ref) != 6 {
		t.Fatalf("%d models", len(ref))
	}
	return ref
}

func messages(t *testing.T, data []byte) *Messages {
	t.Helper()
	m, err := ReadMessages(strict.NewJSON("messages", data, 16))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestChatGGUF writes the conversations with the template in a GGUF: text and
// ids are those of transformers.
func TestChatGGUF(t *testing.T) {
	for name, ref := range chatReferences(t) {
		files, err := filepath.Glob("testdata/gguf/" + name + ".*.gguf")
		if err != nil || len(files) == 0 {
			t.Errorf("%s: no file, %v", name, err)
			continue
		}
		lm, err := Open(t.Context(), files[0], Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, r := range ref.Chat {
			chat, err := lm.Chat(messages(t, r.Messages), r.Answer)
			if err != nil || chat.Text != r.Rendered || !slices.Equal(chat.IDs, r.IDs) {
				t.Errorf("%s: %s is written as %q, %v, %v\nnot %q, %v", name, r.Messages, chat.Text, chat.IDs, err, r.Rendered, r.IDs)
			}
		}
		if err := lm.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestChatFolder takes the templates from the files of a folder.
func TestChatFolder(t *testing.T) {
	for name, ref := range chatReferences(t) {
		var config map[string]any
		if err := json.Unmarshal(ref.Config, &config); err != nil {
			t.Fatal(err)
		}
		template := config["chat_template"].(string)
		for kind, change := range map[string]func(dir string){
			"a string": func(string) {},
			"a list": func(string) {
				config["chat_template"] = []any{map[string]any{"name": "tool_use", "template": "no"}, map[string]any{"name": "default", "template": template}}
			},
			"tokens as objects": func(string) {
				for _, key := range []string{"bos_token", "eos_token"} {
					if text, ok := config[key].(string); ok {
						config[key] = map[string]any{"__type": "AddedToken", "content": text, "lstrip": false}
					}
				}
			},
			"a file": func(dir string) {
				config["chat_template"] = "{{ raise_exception('the file goes first') }}"
				if err := os.WriteFile(filepath.Join(dir, chatFile), []byte(template), 0o600); err != nil {
					t.Fatal(err)
				}
			},
		} {
			dir := t.TempDir()
			config["chat_template"] = template
			change(dir)
			data, err := json.Marshal(config)
			if err == nil {
				err = os.WriteFile(filepath.Join(dir, tokenizerConfigFile), data, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
			c, err := folderChat(dir)
			if err != nil || c == nil {
				t.Errorf("%s, %s: %v", name, kind, err)
				continue
			}
			for _, r := range ref.Chat {
				if text, err := c.Render(messages(t, r.Messages), r.Answer); err != nil || text != r.Rendered {
					t.Errorf("%s, %s: %q, %v\nnot %q", name, kind, text, err, r.Rendered)
				}
			}
		}
	}
}

// TestChatOthers takes the template named default, and says which others there are.
func TestChatOthers(t *testing.T) {
	dir := t.TempDir()
	write := func(name, data string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(data), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	write(tokenizerConfigFile, `{"chat_template":[{"name":"tool_use","template":"tools"},{"name":"default","template":"plain"},{"template":"rag","name":"rag"}]}`)
	c, err := folderChat(dir)
	if err != nil || c.Source != "plain" || !slices.Equal(c.Others, []string{"tool_use", "rag"}) {
		t.Errorf("%+v, %v", c, err)
	}
	write(tokenizerConfigFile, `{}`)
	write(chatFile, "of a file")
	write("additional_chat_templates/tool_use.jinja", "tools")
	c, err = folderChat(dir)
	if err != nil || c.Source != "of a file" || !slices.Equal(c.Others, []string{"tool_use"}) {
		t.Errorf("%+v, %v", c, err)
	}
	c = ggufChat(gguf.Meta{{Key: keyChatTemplate, Value: "plain"}, {Key: "tokenizer.chat_templates", Value: []string{"tool_use"}}, {Key: "tokenizer.chat_template.tool_use", Value: "tools"}}, tokenizer.NewBytes())
	if c.Source != "plain" || !slices.Equal(c.Others, []string{"tool_use"}) {
		t.Errorf("%+v", c)
	}
}

// TestChatNot reads what is no template, and asks for one that is not there.
func TestChatNot(t *testing.T) {
	for config, says := range map[string]string{
		``:                       "",
		`{}`:                     "",
		`{"chat_template":null}`: "",
		`{"chat_template":[]}`:   "",
		`{"chat_template":[{"name":"rag","template":"x"}]}`:                                                  "there are templates named rag, and none named default",
		`{"chat_template":"{% if %}"}`:                                                                       "chat template: tokenizer_config.json:1: unexpected",
		`{"chat_template":"\n\n{{ messages[0].nothing.x }}"}`:                                                "chat template: tokenizer_config.json:3: nothing is undefined",
		`{"chat_template":"{{ raise_exception('only user') }}"}`:                                             "the template refuses: only user",
		`{"chat_template":"{% for x in range(99999) %}{% for y in range(99999) %}{% endfor %}{% endfor %}"}`: "takes more than 1000000 steps",
		`{"chat_template":`:              "tokenizer_config.json: byte 17: chat_template: want a value",
		`[]`:                             "want an object",
		`{"chat_template":[{"name":1}]}`: "want a string",
		`{"chat_template":"a","chat_template":"b"}`: "chat_template",
	} {
		dir := t.TempDir()
		if config != "" {
			if err := os.WriteFile(filepath.Join(dir, tokenizerConfigFile), []byte(config), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		c, err := folderChat(dir)
		if err == nil && c != nil {
			_, err = c.Render(messages(t, []byte(`[{"role":"user","content":"Hi"}]`)), true)
		}
		if says == "" && (err != nil || c != nil) || says != "" && (err == nil || !strings.Contains(err.Error(), says)) {
			t.Errorf("%s: %v, %v; want %q", config, c, err, says)
		}
	}
	lm, err := Open(t.Context(), "story", Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer lm.Close()
	if _, err := lm.Chat(&Messages{}, true); !errors.Is(err, ErrNoChat) {
		t.Errorf("story: %v", err)
	}
}

// TestReadMessages refuses what is no conversation, with the place.
func TestReadMessages(t *testing.T) {
	for data, says := range map[string]string{
		`{}`:                              "want an array",
		`["Hi"]`:                          "[0]: want an object with role and content",
		`[{"content":"Hi"}]`:              `[0]: "role" is missing`,
		`[{"role":1}]`:                    `"role" is missing`,
		`[{"role":"user","role":"user"}]`: "role",
		`[{"role":"user","content":[[[[[[[[[[[[[[[[[[[[`: "more than 16 deep",
	} {
		if m, err := ReadMessages(strict.NewJSON("messages", []byte(data), 16)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, %v; want %q", data, m, err, says)
		}
	}
	m := messages(t, []byte(`[{"role":"user","content":"Hi","name":"Ada"}]`))
	m = m.WithSystem("Be brief.")
	m.Add("assistant", "Hello.")
	c := ChatTemplate{Source: "{% for m in messages %}{{ m.role }}:{{ m.content }}:{{ m.name }};{% endfor %}"}
	if text, err := c.Render(m, false); err != nil || m.Len() != 3 || text != "system:Be brief.:;user:Hi:Ada;assistant:Hello.:;" {
		t.Errorf("%q, %v", text, err)
	}
}
