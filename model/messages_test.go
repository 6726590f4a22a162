package model

import (
	"strings"
	"testing"

	"argen/internal/strict"
)

// FuzzReadMessages: a conversation is read, with a role in each message, or refused
// with its file named.
func FuzzReadMessages(f *testing.F) {
	for _, seed := range []string{
		`[{"role":"user","content":"Hello!"}]`,
		`[{"role":"user","content":[{"type":"text","text":"x"}],"tool_calls":null}]`,
		`[{"content":"x"}]`, `[{"role":""}]`, `[1]`, `{}`, `[]`, `[{"role":"user","role":"system"}]`, "[{",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		j := strict.NewJSON("f", data, 16)
		m, err := ReadMessages(j)
		if err != nil {
			if s := err.Error(); !strings.HasPrefix(s, "f") || strings.ContainsAny(s, "\n\x1b") {
				t.Errorf("%q", s)
			}
			return
		}
		n := m.Len()
		m.Add("user", "more")
		if m.Len() != n+1 || m.Answered() {
			t.Errorf("%d messages and a question of the user: %d, answered %v", n, m.Len(), m.Answered())
		}
	})
}
