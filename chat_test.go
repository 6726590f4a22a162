package argen_test

import (
	"bytes"
	"slices"
	"testing"

	"argen"

	"github.com/google/go-cmp/cmp"
)

// beginning is a model whose prompts begin with BOS.
type beginning struct{ argen.Model }

func (b *beginning) Info() argen.Info {
	info := b.Model.Info()
	info.BOS, info.AddBOS = 256, true
	return info
}

// TestStartChat begins an answer: the prompt is what the template wrote, BOS
// is added only where it is asked for, and the trace has all of it.
func TestStartChat(t *testing.T) {
	g := bytesGenerator(make([]float64, 258))
	g.Model = &beginning{g.Model}
	chat := argen.Chat{Text: "<|hi|>", IDs: []argen.ID{257, 'h', 'i', 257, 256}, Template: "{{ messages }}"}
	for bos, want := range map[argen.BOS][]int{argen.AutoBOS: {0, 3, 4}, argen.NoBOS: {0, 3, 4}, argen.WithBOS: {0, 1, 4, 5}} {
		var log bytes.Buffer
		g.BOS, g.MaxTokens, g.Sinks = bos, 2, []argen.Sink{argen.NewJSONL(&log)}
		r, err := g.StartChat(chat)
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range r.Steps(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
		}
		head := r.Trace().Head
		if head.PromptText != chat.Text || head.ChatTemplate != chat.Template || !slices.Equal(head.PromptControl, want) || len(head.PromptIDs) != len(want)+2 {
			t.Errorf("BOS %d: %+v", bos, head)
		}
		got, err := argen.ReadTraces("chat", &log)
		if err != nil || len(got) != 1 {
			t.Fatal(err)
		}
		if d := cmp.Diff(head, got[0].Head, traceOptions); d != "" {
			t.Error(d)
		}
	}
	chat.IDs = append(chat.IDs, 300)
	if _, err := g.StartChat(chat); err == nil {
		t.Error("an id outside the vocabulary is taken")
	}
}

// TestControlNames names each control token of a conversation once, also where
// a trace has places that are none.
func TestControlNames(t *testing.T) {
	h := argen.Header{PromptTokens: []string{"<s>", "Hi", "</s>", "<s>", ""}, PromptControl: []int{0, 2, 3, 4, 9, -1}}
	if got := h.ControlNames(); !slices.Equal(got, []string{"<s>", "</s>"}) {
		t.Errorf("%q", got)
	}
}
