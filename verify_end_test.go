package argen_test

import (
	"fmt"
	"strings"
	"testing"

	"argen"
	"argen/sampler"
)

// A trace whose text ends before a stop string verifies; one whose text was
// shortened and that ended otherwise does not.
func TestVerifyStopped(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*argen.Generator)
		reason string
	}{
		"string": {func(g *argen.Generator) { g.Stop = []string{". "} }, argen.StopString},
		"token":  {func(*argen.Generator) {}, argen.StopToken},
		"length": {func(g *argen.Generator) { g.MaxTokens = 9 }, argen.Length},
	} {
		g := truth(2)
		test.change(&g)
		_, trace := logged(t, g, "")
		if trace.Ended.Reason != test.reason {
			t.Fatalf("%s: ended by %q", name, trace.Ended.Reason)
		}
		if err := argen.Verify(t.Context(), g, trace, sampler.Parse); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		trace.Ended.Text = trace.Ended.Text[:len(trace.Ended.Text)/2]
		err := argen.Verify(t.Context(), g, trace, sampler.Parse)
		if stopped := test.reason != argen.Length; stopped == (err != nil) {
			t.Errorf("%s, half of the text: %v", name, err)
		}
		trace.Ended.Text = "x" + trace.Ended.Text
		if err := argen.Verify(t.Context(), g, trace, sampler.Parse); err == nil || !strings.Contains(err.Error(), "text of the end") {
			t.Errorf("%s, another text: %v", name, err)
		}
	}
}

// A trace that goes on where a stage calls the text complete is none of this
// chain.
func TestVerifyComplete(t *testing.T) {
	g := truth(1)
	g.MaxTokens = 4
	_, trace := logged(t, g, "It was")
	trace.Head.Chain = "up_to"
	err := argen.Verify(t.Context(), g, trace, func(string) ([]argen.Transform, error) {
		return []argen.Transform{upTo(3)}, nil
	})
	if err == nil || !strings.HasPrefix(err.Error(), "step 3: token is ") || !strings.HasSuffix(err.Error(), "none, since a stage says that the text is complete when run again") {
		t.Errorf("%v", err)
	}
}

// Runs that differ in anything that decides their tokens have other names,
// those that differ in nothing the same.
func TestTraceID(t *testing.T) {
	ids := map[string]string{}
	for name, change := range map[string]func(*argen.Generator){
		"as it is": func(*argen.Generator) {},
		"seed":     func(g *argen.Generator) { g.Seed++ },
		"chain":    func(g *argen.Generator) { g.Chain = chain(t, "top_k=3") },
		"prompt":   func(g *argen.Generator) { g.BOS = argen.NoBOS },
		"shift":    func(g *argen.Generator) { g.ContextShift = true },
		"gumbel":   func(g *argen.Generator) { g.Gumbel = true },
		"model":    func(g *argen.Generator) { g.Model = narrowed{g.Model} },
	} {
		g := truth(1)
		change(&g)
		id := start(t, g, "It was").Trace().Head.ID
		if again := start(t, g, "It was").Trace().Head.ID; again != id {
			t.Errorf("%s: %s, and %s when begun again", name, id, again)
		}
		if other, twice := ids[id]; twice {
			t.Errorf("%s and %s are both %s", name, other, id)
		}
		ids[id] = name
	}
}

// narrowed is a model by another name.
type narrowed struct{ argen.Model }

func (n narrowed) Info() argen.Info {
	info := n.Model.Info()
	info.Ref = fmt.Sprintf("another %s", info.Ref)
	return info
}
