package sampler_test

import (
	"compress/gzip"
	"encoding/json"
	"math"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"argen"
	"argen/sampler"
	"argen/sampler/samplertest"
)

// A number is a float32 as the references have it, maybe "-inf".
type number float64

func (n *number) UnmarshalJSON(text []byte) error {
	if string(text) == `"-inf"` {
		*n = number(math.Inf(-1))
		return nil
	}
	var f float32
	err := json.Unmarshal(text, &f)
	*n = number(f)
	return err
}

// floats are numbers as logits.
func floats(numbers []number) []float64 {
	all := make([]float64, len(numbers))
	for i, n := range numbers {
		all[i] = float64(n)
	}
	return all
}

// A vector is a distribution of the references and the tokens before it.
type vector struct {
	ID, Name string
	Tags     []string
	Logits   []number
	History  []argen.ID
}

// bound is how far off a probability may be: what the engine's float32 leaves
// where it changes logits. Half an ulp of a logit of 16 is 1e-6 already.
func (v *vector) bound() float64 {
	if slices.Contains(v.Tags, "huge") {
		return 3e-4
	}
	return 2e-6
}

// params are the parameters of an engine's call, as it names them.
type params map[string]json.RawMessage

// text is a number as it stands in the file.
func (p params) text(name string) string { return string(p[name]) }

// float is a number, 0 if there is none of this name.
func (p params) float(name string) float64 {
	var f float64
	p.read(name, &f)
	return f
}

// int is a whole number, 0 if there is none of this name.
func (p params) int(name string) int { return int(p.float(name)) }

// ids are tokens.
func (p params) ids(name string) []argen.ID {
	var ids []argen.ID
	p.read(name, &ids)
	return ids
}

// read reads any other value into a pointer; what is not there it leaves.
func (p params) read(name string, into any) {
	if text, ok := p[name]; ok {
		if err := json.Unmarshal(text, into); err != nil {
			panic(err) // a wrong type in the test itself
		}
	}
}

// A call is an engine's call of a stage, and what it gave.
type call struct {
	Engine    string `json:"-"` // hf, textgen or llamacpp
	Vector    string
	Processor string
	Sampler   string
	Order     []string // of a chain of transformers: its classes
	Params    params
	History   []argen.ID
	Out       struct {
		Kept   int `json:"n_kept"`
		IDs    []argen.ID
		Probs  []float64
		Logits []number
	}
	Tie       bool       `json:"tie_dependent"`
	Penalised []argen.ID `json:"penalised_ids"` // of llama_dry
	Penalties []number
	Green     []argen.ID `json:"green_ids"` // of hf_watermark
	Changed   *struct {  // of remove_invalid_values: logits that are not those of the vector
		IDs    []argen.ID
		Values []string
	} `json:"changed_input"`

	// What a translation may set:
	prompt int                 // how many tokens of the history are the prompt
	stop   []argen.ID          // the tokens that end a text; none: the last of the vocabulary
	texts  map[string]argen.ID // tokens with a text of their own, such as "\n"
}

// name is the call's key in translations: "hf/top_k".
func (k *call) name() string { return k.Engine + "/" + k.Processor + k.Sampler }

// vector is the call's distribution.
func (k *call) vector() *vector { return vectors()[k.Vector] }

// past is what the call's stage sees before it.
func (k *call) past() argen.Past {
	past := argen.Past{IDs: k.vector().History, Prompt: k.prompt, Float64: func() float64 { return 0.5 }}
	if k.History != nil {
		past.IDs = k.History
	}
	return past
}

// A dictionary is the vocabulary of a call: numbered pieces but for a few.
type dictionary struct {
	samplertest.Vocabulary
	stop  []argen.ID
	texts map[string]argen.ID
}

func (k *call) dictionary() dictionary {
	return dictionary{samplertest.Vocabulary(len(k.vector().Logits)), k.stop, k.texts}
}

func (d dictionary) Info() argen.Info {
	info := d.Vocabulary.Info()
	if d.stop != nil {
		info.Stop = d.stop
	}
	return info
}

func (d dictionary) Piece(id argen.ID) []byte {
	for text, own := range d.texts {
		if own == id {
			return []byte(text)
		}
	}
	return d.Vocabulary.Piece(id)
}

func (d dictionary) Encode(text string) ([]argen.ID, error) {
	if id, ok := d.texts[text]; ok {
		return []argen.ID{id}, nil
	}
	return d.Vocabulary.Encode(text)
}

// translations say which stages of ours an engine's call is, by the call's
// name. The tests of each group of stages add theirs with translate and build.
var translations = map[string]func(*call) ([]argen.Transform, error){}

// translate adds translations into the text of a chain, read with the engine's
// semantics.
func translate(name string, chain func(*call) string) {
	build(name, func(k *call) ([]argen.Transform, error) {
		return sampler.Semantics(k.Engine).Parse(chain(k))
	})
}

// build adds a translation that a text cannot say.
func build(name string, chain func(*call) ([]argen.Transform, error)) {
	if translations[name] != nil {
		panic(name + " has two translations")
	}
	translations[name] = chain
}

// An exemption says why cases cannot be compared, and how many there are.
type exemption struct {
	cases int
	why   string
}

// exempt are the calls that have no meaning here.
var exempt = map[string]exemption{}

// read unpacks a file of references.
func read(t testing.TB, name string, into any) {
	t.Helper()
	f, err := os.Open("testdata/reference/" + name + ".json.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.NewDecoder(z).Decode(into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// vectors are the distributions by their names.
var vectors = sync.OnceValue(func() map[string]*vector {
	var file struct{ Vectors []*vector }
	read(&testing.B{}, "vectors", &file)
	all := map[string]*vector{}
	for _, v := range file.Vectors {
		all[v.ID] = v
	}
	return all
})

// calls returns those of a file.
func calls(t testing.TB, name string) []*call {
	t.Helper()
	var file struct{ Cases []*call }
	read(t, name, &file)
	for _, k := range file.Cases {
		switch {
		case strings.HasPrefix(name, "hf_"):
			k.Engine = "hf"
		case name == "webui":
			k.Engine = "textgen"
		default:
			k.Engine = "llamacpp"
		}
	}
	return file.Cases
}

// allCalls are those of every file, the runs of stages that learn among them.
func allCalls(t testing.TB) []*call {
	t.Helper()
	var all []*call
	for _, name := range callFiles {
		all = append(all, calls(t, name)...)
	}
	for _, l := range learnings(t) {
		all = append(all, l.call())
	}
	return all
}

// all are the parameters as JSON.
func (p params) all() string {
	text, err := json.Marshal(p)
	if err != nil {
		panic(err)
	}
	return string(text)
}
