package viz

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"argen"
	"argen/model/story"
	"argen/sampler/search"
	"argen/tokenizer"
)

// searched is a trace that a search has written, for a chart of that name.
func searched(t testing.TB, chart string) *argen.Trace {
	t.Helper()
	text := map[string]string{"beams": "beams=3", "speculation": "draft=story-ngram"}[chart]
	p, err := search.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	truth, words := story.Truth(), tokenizer.NewStory(story.Default().Vocab())
	if s, ok := p.(search.Seconded); ok {
		second, err := story.NGram()
		if err != nil {
			t.Fatal(err)
		}
		if p, err = s.Bind(truth, words, second, words); err != nil {
			t.Fatal(err)
		}
	}
	var tr argen.Trace
	g := argen.Generator{
		Model: truth, Tokenizer: words,
		Seed: 5, MaxTokens: 32, Top: 5, Search: text, Sinks: []argen.Sink{&tr},
	}
	if chart == "beams" {
		g.MaxTokens = 10
	}
	run, err := g.Start("It was")
	if err != nil {
		t.Fatal(err)
	}
	picker := p.Picker()
	for {
		if _, err := search.Next(context.Background(), run, picker); errors.Is(err, io.EOF) {
			return &tr
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

// A choice is a record of a search as a trace has it.
type choice struct{ data any }

func (c choice) String() string               { return "" }
func (c choice) MarshalJSON() ([]byte, error) { return json.Marshal(c.data) }

// Each pass shows as many tokens as it gave, and what was refused or lost stands
// beside them.
func TestRibbons(t *testing.T) {
	tr := searched(t, "speculation")
	list, last, err := ribbons(tr)
	if err != nil {
		t.Fatal(err)
	}
	tokens, taken := 0, 0
	for _, r := range list {
		for _, k := range r.cells {
			switch k.what {
			case search.Accepted:
				taken++
				tokens++
			case search.Resampled, search.Bonus, search.Drawn:
				tokens++
			}
		}
	}
	if tokens != len(tr.Steps) || len(list) != last.Tally.Passes || taken != last.Tally.Accepted || taken == 0 {
		t.Errorf("%d tokens of %d in %d passes, tally %+v", tokens, len(tr.Steps), len(list), last.Tally)
	}
	if _, _, err := ribbons(traces(t, 1)[0]); err == nil || !strings.Contains(err.Error(), "argen generate --draft REF --log FILE writes one") {
		t.Error(err)
	}
	for want, spoil := range map[string]func(*search.Speculation){
		"cannot be": func(s *search.Speculation) { s.P = 2 },
		`outcome "x" of speculation is unknown: it may come from a newer argen`: func(s *search.Speculation) { s.Outcome = "x" },
	} {
		s := last
		spoil(&s)
		bad := &argen.Trace{Steps: []argen.Step{{Choice: choice{&s}}}}
		if _, _, err := ribbons(bad); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// Every candidate that goes on leads to what comes from it, and the text found is
// one path.
func TestBeamColumns(t *testing.T) {
	tr := searched(t, "beams")
	columns, name, err := beamColumns(tr)
	if err != nil || name != "beams=3" || len(columns) != len(tr.Steps) {
		t.Fatalf("%d columns of %q: %v", len(columns), name, err)
	}
	b := &beamGraph{columns: columns}
	for i, col := range columns {
		won := 0
		for _, o := range col.options {
			if o.Won {
				won++
				if o.ID != tr.Steps[i].ID {
					t.Errorf("column %d: %q won, the text has %q", i, o.name, tr.Steps[i].Token)
				}
			}
			if _, ok := b.origin(i, o.From); !ok && i > 0 {
				t.Errorf("column %d: %q comes from nowhere", i, o.name)
			}
		}
		if won != 1 {
			t.Errorf("column %d has %d on the path", i, won)
		}
	}
	if _, _, err := beamColumns(traces(t, 1)[0]); err == nil || !strings.Contains(err.Error(), "argen generate --beams 3 --log FILE writes one") {
		t.Error(err)
	}
	bad := &argen.Trace{Steps: []argen.Step{{Choice: choice{map[string]any{"candidates": []beamOption{{From: -1}}}}}}}
	if _, _, err := beamColumns(bad); err == nil || !strings.Contains(err.Error(), "the trace is damaged") {
		t.Error(err)
	}
}

// poisonedSearch is a trace of a beam search and of speculation whose every text
// is s.
func poisonedSearch(s string) *argen.Trace {
	tr := poisoned(s)
	guess := search.Guess{Named: search.Named{ID: 8, Token: s}, Q: .5}
	for i := range tr.Steps {
		var spec map[string]any
		data, _ := json.Marshal(&search.Speculation{
			Search: s, Pass: 1, Place: i + 1, Outcome: []string{search.Accepted, search.Resampled, search.Drawn}[i],
			Token: search.Named{Token: s}, Guess: &guess, P: .4, Draft: []search.Guess{guess, guess, guess}, Tally: search.Tally{Passes: 1, Tokens: i + 1, Drafted: 3, Accepted: 1},
		})
		if json.Unmarshal(data, &spec) != nil {
			return nil
		}
		spec["candidates"] = []beamOption{{ID: tr.Steps[i].ID, Text: s, Score: -1, Fate: "goes on", Won: true}, {ID: 99, Text: s, Score: -2, Fate: beamFalls}, {ID: 8, Text: s, Score: -2, Final: -1, Fate: beamEnds}}
		tr.Steps[i].Choice = choice{spec}
	}
	return tr
}
