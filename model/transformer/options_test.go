package transformer_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"argen"
	"argen/model/transformer"
)

// A context has as many tokens as the options allow, or as the model does if
// those are fewer, and any number of threads gives the same bits.
func TestOptions(t *testing.T) {
	dir := filepath.Join("testdata", "llama-tied")
	free, err := transformer.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer free.Close()
	longest := free.Info().ContextLength
	ids := []argen.ID{1, 5, 9, 2, 7}
	want, err := free.Start().Extend(t.Context(), ids...)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range []transformer.Options{{Threads: 1}, {Threads: 2, Context: 5}, {Threads: 100, Context: longest + 1}} {
		m := free.With(o)
		most := longest
		if o.Context > 0 {
			most = min(most, o.Context)
		}
		if got := m.Info().ContextLength; got != most {
			t.Errorf("%+v: the longest context is %d, want %d", o, got, most)
		}
		s := m.Start()
		got, err := s.Extend(t.Context(), ids...)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%+v: other logits, or %v", o, err)
		}
		if most > len(ids) {
			continue
		}
		for _, s := range []argen.State{s, s.Fork()} {
			if _, err := s.Extend(t.Context(), 3); err == nil || !strings.Contains(err.Error(), "a context of 6 tokens does not fit") {
				t.Errorf("%+v: one token more gives %v", o, err)
			}
		}
	}
	if got := free.Info().ContextLength; got != longest {
		t.Errorf("the model itself has a context of %d now, it had %d", got, longest)
	}
}
