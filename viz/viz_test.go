package viz

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"argen"
	"argen/internal/golden"
	"argen/model/story"
	"argen/sampler"
	"argen/tokenizer"
)

// chains are those of the traces that the tests draw.
var chains = []string{"temperature=1.3,top_k=6,top_p=0.9", "", "top_p=0.5", "min_p=0.3,temperature=0.7"}

// traces returns runs of the exact model of the stories.
func traces(t testing.TB, n int) []*argen.Trace {
	t.Helper()
	var list []*argen.Trace
	for i := range n {
		list = append(list, write(t, "It was", chains[i%len(chains)], uint64(7+i), 40))
	}
	return list
}

func write(t testing.TB, prompt, chain string, seed uint64, most int) *argen.Trace {
	t.Helper()
	return writeWith(t, argen.Generator{Seed: seed, MaxTokens: most}, prompt, chain)
}

// writeWith is write with the seed, the length, the dice and the model of a
// generator.
func writeWith(t testing.TB, g argen.Generator, prompt, chain string) *argen.Trace {
	t.Helper()
	stages, err := sampler.Parse(chain)
	if err != nil {
		t.Fatal(err)
	}
	var tr argen.Trace
	if g.Model == nil {
		g.Model, g.Tokenizer = story.Truth(), tokenizer.NewStory(story.Default().Vocab())
	}
	g.Chain, g.Top, g.Sinks = stages, 10, []argen.Sink{&tr}
	run, err := g.Start(prompt)
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range run.Steps(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
	}
	return &tr
}

// ordersData are made up.
var ordersData = OrdersData{
	Order: []int{1, 2, 3, 4, 5}, Names: []string{"Kneser-Ney", "add-one"}, Unit: "word", TrueBits: 1.36,
	Perplexity: [][]float64{{180, 22, 9, 5.2, 4.4}, {190, 45, 60, 120, 200}},
}

// inputs are those of the golden pictures.
func inputs(t testing.TB, chart string) map[string]Input {
	all := traces(t, 3)
	one := Input{Traces: all[:1], Step: 5, Orders: ordersData}
	if list, ok := dataInputs[chart]; ok {
		return list
	}
	switch chart {
	case "learning":
		return learningInputs(t)
	case "tree":
		return treeInputs(t)
	case "frontier", "metrics", "same-step":
		return compareInputs(chart)
	case "next":
		plain := Input{Traces: all[1:2], Step: -1}
		return map[string]Input{chart: one, chart + "-plain": plain}
	case "draw":
		plain := Input{Traces: all[1:2], Step: -1}
		race := Input{Traces: []*argen.Trace{writeWith(t, argen.Generator{Seed: 7, MaxTokens: 40, Gumbel: true}, "It was", chains[0])}, Step: 5}
		return map[string]Input{chart: one, chart + "-plain": plain, chart + "-race": race}
	case "beams", "speculation":
		return map[string]Input{chart: {Traces: []*argen.Trace{searched(t, chart)}}}
	case "surprisal", "entropy", "chain":
		return map[string]Input{chart: one, chart + "-three": {Traces: all}}
	}
	return map[string]Input{chart: one}
}

// ofTraces reports whether a chart draws any traces, not those of a search alone.
func ofTraces(c Chart) bool {
	return (c.From == FromTraces || c.From == FromStep) && c.Name != "beams" && c.Name != "speculation"
}

func drawn(t testing.TB, c Chart, in Input) *Figure {
	t.Helper()
	f, err := c.Draw(in)
	if err != nil {
		t.Fatalf("%s: %v", c.Name, err)
	}
	return f
}

func svg(t testing.TB, f *Figure) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(f, "svg", &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestGolden(t *testing.T) {
	for _, c := range Charts {
		for name, in := range inputs(t, c.Name) {
			f := drawn(t, c, in)
			golden.Bytes(t, name+".svg", svg(t, f))
			golden.String(t, name+".txt", Describe(f))
		}
	}
}

// The same input gives the same bytes in every format, and each begins as its
// format does.
func TestFormats(t *testing.T) {
	begin := map[string]string{"png": "\x89PNG\r\n", "svg": "<svg ", "pdf": "%PDF-"}
	dir := t.TempDir()
	for _, c := range Charts {
		for _, format := range Formats {
			in := inputs(t, c.Name)[c.Name]
			var once, again bytes.Buffer
			for _, b := range []*bytes.Buffer{&once, &again} {
				if err := Write(drawn(t, c, in), format, b); err != nil {
					t.Fatal(err)
				}
			}
			if !bytes.Equal(once.Bytes(), again.Bytes()) {
				t.Errorf("%s as %s differs from run to run", c.Name, format)
			}
			path := filepath.Join(dir, c.Name+"."+strings.ToUpper(format))
			if err := Save(drawn(t, c, in), path); err != nil {
				t.Fatal(err)
			}
			data, err := os.ReadFile(path)
			if err != nil || !bytes.Equal(data, once.Bytes()) || !bytes.HasPrefix(data, []byte(begin[format])) {
				t.Errorf("%s: %d bytes, want the %d of Write (%v)", path, len(data), once.Len(), err)
			}
		}
	}
}

func TestSaveErrors(t *testing.T) {
	f := drawn(t, Charts[0], inputs(t, "next")["next"])
	for _, name := range []string{"x.jpg", "x", "x.", ".svgz"} {
		path := filepath.Join(t.TempDir(), name)
		err := Save(f, path)
		if err == nil || !strings.Contains(err.Error(), ".png, .svg or .pdf") {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s was made", name)
		}
	}
	if err := Write(f, "gif", io.Discard); err == nil {
		t.Error("gif is written")
	}
	full := errors.New("disk full")
	for _, format := range Formats {
		if err := Write(f, format, failing{full}); !errors.Is(err, full) {
			t.Errorf("%s: %v, want that of the writer", format, err)
		}
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

// An SVG says what it is: its title and description are its first children.
func TestAltText(t *testing.T) {
	for _, c := range Charts {
		f := drawn(t, c, inputs(t, c.Name)[c.Name])
		var doc struct {
			Role  string `xml:"role,attr"`
			Title string `xml:"title"`
			Desc  string `xml:"desc"`
		}
		if err := xml.Unmarshal(svg(t, f), &doc); err != nil {
			t.Fatal(err)
		}
		if doc.Role != "img" || doc.Title != f.Title || !strings.Contains(doc.Desc, f.Alt) {
			t.Errorf("%s: role %q, title %q, description %q", c.Name, doc.Role, doc.Title, doc.Desc)
		}
		for _, s := range []string{f.Title, f.Alt, f.Caption} {
			if s == "" || !strings.Contains(Describe(f), s) {
				t.Errorf("%s: %q is missing in\n%s", c.Name, s, Describe(f))
			}
		}
		if !strings.HasSuffix(f.Caption, ".") || f.Title == "" {
			t.Errorf("%s: title %q, caption %q", c.Name, f.Title, f.Caption)
		}
	}
}

func TestErrors(t *testing.T) {
	full := traces(t, 1)[0]
	bare := *full
	bare.Steps = append([]argen.Step(nil), full.Steps...)
	for i := range bare.Steps {
		bare.Steps[i].Top, bare.Steps[i].Stages = nil, nil
	}
	one := func(tr *argen.Trace) Input { return Input{Traces: []*argen.Trace{tr}, Step: 2} }
	for _, c := range Charts {
		if !ofTraces(c) {
			continue
		}
		for what, in := range map[string]Input{
			"there is none":          {},
			"the trace has no steps": one(&argen.Trace{}),
			"trace 2 has no steps":   {Traces: []*argen.Trace{full, {}}},
			"draws":                  {Traces: []*argen.Trace{full, full, full, full, full, full, full, full}},
		} {
			if _, err := c.Draw(in); err == nil || !strings.Contains(err.Error(), what) {
				t.Errorf("%s: %v, want %q", c.Name, err, what)
			}
		}
		_, err := c.Draw(one(&bare))
		if needs := c.Name == "next" || c.Name == "draw" || c.Name == "stages"; needs != (err != nil) {
			t.Errorf("%s without lists: %v", c.Name, err)
		} else if needs && !strings.Contains(err.Error(), "log with --top 10") {
			t.Errorf("%s without lists: %v", c.Name, err)
		}
	}
	for _, c := range Charts[:3] {
		for _, step := range []int{-2, 40, 1 << 40} {
			in := one(full)
			in.Step = step
			if _, err := c.Draw(in); err == nil || !strings.Contains(err.Error(), "steps are 0 to 39") {
				t.Errorf("%s of step %d: %v", c.Name, step, err)
			}
		}
	}
}

func TestLookup(t *testing.T) {
	for _, c := range Charts {
		if got, ok := Lookup(c.Name); !ok || got.Name != c.Name || c.Doc == "" || strings.HasSuffix(c.Doc, ".") {
			t.Errorf("chart %q: %q", c.Name, c.Doc)
		}
	}
	if _, ok := Lookup("pie"); ok {
		t.Error("there is a pie")
	}
}
