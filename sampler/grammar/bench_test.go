package grammar

import (
	"bytes"
	"compress/gzip"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"argen"
	"argen/tokenizer"
)

// gpt2 is the tokenizer of GPT-2, 50,257 tokens; the last ends a text.
var gpt2 = sync.OnceValue(func() argen.Tokenizer {
	data, err := os.ReadFile("../../tokenizer/testdata/gpt2.tokenizer.json.gz")
	if err != nil {
		panic(err)
	}
	unzip, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		panic(err)
	}
	if data, err = io.ReadAll(unzip); err != nil {
		panic(err)
	}
	tok, _, err := tokenizer.ReadHuggingFace("gpt2", data)
	if err != nil {
		panic(err)
	}
	return tok
})

const orderSchema = `{"type": "object", "properties": {
	"id": {"type": "string", "format": "uuid"},
	"customer": {"type": "object", "properties": {"name": {"type": "string", "maxLength": 100}, "city": {"type": "string"}, "age": {"type": "integer", "minimum": 0, "maximum": 120}}, "required": ["name"]},
	"lines": {"type": "array", "minItems": 1, "items": {"type": "object", "properties": {"title": {"type": "string"}, "count": {"type": "integer", "minimum": 1}, "price": {"type": "number", "minimum": 0}}, "required": ["title", "count"]}},
	"state": {"enum": ["new", "paid", "sent"]}, "note": {"type": ["string", "null"]}},
	"required": ["id", "customer", "lines", "state"]}`

const order = `{"id": "0b4ca1e3-5f1d-4b8f-9f3a-6a2d1c0e7b55", "customer": {"name": "Zoë Müller-Lüdenscheidt", "city": "Köln", "age": 41}, "lines": [{"title": "A cup with the words “good morning” on it, 日本", "count": 2, "price": 12.50}, {"title": "Tea", "count": 10}], "state": "paid", "note": null}`

// benchmarks are constraints, and a text of each.
var benchmarks = []struct {
	name string
	make func(string) (*Grammar, error)
	form string
	text string
}{
	{"grammar of JSON", GBNF, jsonGBNF, order},
	{"schema", JSONSchema, orderSchema, order},
	{"schema of anything", JSONSchema, "{}", order},
	{"regex of words", Regex, `[A-Z][a-z]+( [a-z]+){3,40}\.`, "Once upon a time there was a little girl who lived in a big house and liked to play in the garden."},
	{"regex of a number", Regex, `-?[0-9]{1,3}(,[0-9]{3})*\.[0-9]{2}`, "1,234,567,890.12"},
	{"regex of anything", Regex, `(?s).{0,1000}`, order},
	{"recursion", GBNF, "root ::= \"(\" root \")\" | [a-z ]* ", strings.Repeat("(", 60) + "what a text" + strings.Repeat(")", 60)},
	{"ambiguous", GBNF, "root ::= [a-z ] root root | [a-z ]?", strings.Repeat("what a text ", 10)},
}

// BenchmarkMask writes a text of each form, token by token, on GPT-2's
// vocabulary of 50,257, the first time ("new") and again with all that was
// computed ("known"). It reports what keeping the allowed tokens takes in a
// step, the fastest of all times that it was done, so that what else runs on the
// machine does not count: on average, in the middle, and at worst.
func BenchmarkMask(b *testing.B) {
	for _, bench := range benchmarks {
		g, err := bench.make(bench.form)
		if err != nil {
			b.Fatal(err)
		}
		ids, err := gpt2().Encode(bench.text)
		if err != nil {
			b.Fatal(err)
		}
		stop := []argen.ID{argen.ID(gpt2().VocabSize() - 1)}
		for _, known := range []bool{false, true} {
			name := bench.name + "/new"
			if known {
				name = bench.name + "/known"
			}
			b.Run(name, func(b *testing.B) {
				all, logits := &argen.Candidates{}, logits(gpt2().VocabSize())
				steps := make([]float64, len(ids)+1)
				clear := func() {
					for i := range steps {
						steps[i] = math.Inf(1)
					}
				}
				clear()
				start := g.On(gpt2(), stop)
				write := func() {
					c := start
					if !known {
						c = g.On(gpt2(), stop)
					}
					for i := range len(ids) + 1 {
						if err := all.Reset(logits); err != nil {
							b.Fatal(err)
						}
						before := time.Now()
						c.Apply(all, argen.Past{IDs: ids[:i]})
						steps[i] = min(steps[i], float64(time.Since(before).Nanoseconds())/1e3)
						if all.Err() != nil {
							b.Fatal(all.Err())
						}
						if i < len(ids) {
							c = c.Learn(ids[i])
						}
					}
				}
				if known {
					write()
					clear()
				}
				for b.Loop() {
					write()
				}
				sum := 0.0
				for _, us := range steps {
					sum += us
				}
				slices.Sort(steps)
				b.ReportMetric(sum/float64(len(steps)), "µs/step")
				b.ReportMetric(steps[len(steps)/2], "µs/median")
				b.ReportMetric(steps[len(steps)-1], "µs/worst")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}

func logits(n int) []float64 {
	rng := rand.New(rand.NewPCG(8, 8))
	all := make([]float64, n)
	for i := range all {
		all[i] = 3 * rng.NormFloat64()
	}
	return all
}

// BenchmarkVocabulary makes the trie of GPT-2's tokens.
func BenchmarkVocabulary(b *testing.B) {
	g, err := Regex("a")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		g.On(uncached{gpt2(), []int{}}, nil)
	}
}

// uncached is a tokenizer that no other is equal to.
type uncached struct {
	argen.Tokenizer
	_ []int
}

// BenchmarkCompile makes the forms of BenchmarkMask.
func BenchmarkCompile(b *testing.B) {
	for _, bench := range benchmarks {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := bench.make(bench.form); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
