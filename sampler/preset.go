package sampler

import (
	"slices"
	"strings"

	"argen"
)

// A Preset is how a program samples: its stages with its defaults, their
// order, and its rules where programs differ.
type Preset struct {
	Name      string   // "llamacpp"
	Doc       string   // whose defaults, of when
	Chain     string   // the stages that it has when nothing is asked for; those that do nothing are left out
	Order     []string // where flags put stages; where it has none, as in Table
	Mirostat  []string // the stages that mirostat takes the place of
	Semantics Semantics
}

// llamaOrder is the order of llama.cpp's samplers, in which bias comes first and
// the draw of adaptive_p last; llamaMirostat are those that it leaves out for
// mirostat.
var (
	llamaOrder    = strings.Fields("ignore_eos logit_bias repetition_penalty frequency_penalty presence_penalty dry top_n_sigma top_k typical_p top_p min_p xtc temperature dynatemp mirostat adaptive_p")
	llamaMirostat = strings.Fields("repetition_penalty frequency_penalty presence_penalty dry top_n_sigma top_k typical_p top_p min_p xtc adaptive_p")
)

// hfOrder is that in which generate() of transformers puts its processors.
var hfOrder = strings.Fields("guidance sequence_bias encoder_repetition_penalty repetition_penalty no_repeat_ngram encoder_no_repeat_ngram ban min_tokens allow forced_bos forced_eos exponential_length begin_suppress temperature top_h top_k top_p min_p typical_p epsilon_cutoff eta_cutoff watermark")

// Presets are the programs known.
var Presets = []Preset{
	{Name: "argen", Doc: "the model's own distribution, nothing hidden", Chain: "temperature=1"},
	{
		Name: "hf", Doc: "transformers 5 with do_sample, which has top_k even where nobody asks for it",
		Chain: "temperature=1,top_k=50", Order: hfOrder, Semantics: "hf",
	},
	{Name: "hf-greedy", Doc: "transformers 5 as it is, without do_sample", Chain: "greedy", Order: hfOrder, Semantics: "hf"},
	{
		Name: "llamacpp", Doc: "llama.cpp of 2026; mirostat takes the place of all stages but bias and temperature",
		Chain: "top_k=40,top_p=0.95,min_p=0.05,temperature=0.8", Order: llamaOrder, Mirostat: llamaMirostat, Semantics: "llamacpp",
	},
	{
		Name: "ollama", Doc: "Ollama of August 2026, which lets llama.cpp sample with other defaults; it used to have a repetition penalty of 1.1",
		Chain: "top_k=40,top_p=0.9,temperature=0.8", Order: llamaOrder, Mirostat: llamaMirostat, Semantics: "llamacpp",
	},
	{
		Name: "openai", Doc: "OpenAI's interface, whose penalties count the generated text alone; how it samples is not public",
		Chain: "temperature=1", Order: strings.Fields("logit_bias frequency_penalty presence_penalty temperature top_p"), Semantics: "openai",
	},
	{
		Name: "textgen", Doc: "text-generation-webui of 2026, everything neutral", Chain: "temperature=1",
		Order:     strings.Fields("repetition_penalty presence_penalty frequency_penalty dry top_n_sigma temperature dynatemp quadratic top_k top_p typical_p epsilon_cutoff eta_cutoff tail_free top_a min_p adaptive_p mirostat xtc encoder_repetition_penalty no_repeat_ngram"),
		Semantics: "textgen",
	},
	{
		Name: "exllama", Doc: "exllamav2; its penalties count the whole text",
		Chain:     "repetition_penalty=1.025,temperature=0.8,top_k=50,top_p=0.8",
		Order:     strings.Fields("guidance repetition_penalty frequency_penalty presence_penalty logit_bias dry token_healing quadratic temperature top_k top_p top_a min_p tail_free typical_p mirostat dynatemp"),
		Semantics: "exllama",
	},
	{Name: "llama2c", Doc: "llama2.c", Chain: "temperature=1,top_p=0.9", Order: strings.Fields("temperature top_p")},
	{
		Name: "transformer-explainer", Doc: "the web page Transformer Explainer, which has one filter at a time",
		Chain: "temperature=0.8,top_k=5", Order: strings.Fields("temperature top_k top_p"),
	},
}

// LookupPreset returns the preset of a name.
func LookupPreset(name string) (Preset, bool) {
	for _, p := range Presets {
		if p.Name == name {
			return p, true
		}
	}
	return Preset{}, false
}

// stages are those it has when nothing is asked for.
func (p Preset) stages() ([]argen.Transform, error) { return p.Semantics.Parse(p.Chain) }

// order is where every stage has its place: as in Order, and those that it
// lacks behind the stage that Table has before them. The last ones of Table, from
// adaptive_p on, look at what the others leave and stay last.
func (p Preset) order() []string {
	order := slices.Clone(p.Order)
	closing := false
	for i, s := range Table {
		closing = closing || s.Name == adaptivePSpec.Name
		if slices.Contains(order, s.Name) {
			continue
		}
		at := len(order)
		switch {
		case closing:
		case i == 0:
			at = 0
		default:
			at = slices.Index(order, Table[i-1].Name) + 1
		}
		order = slices.Insert(order, at, s.Name)
	}
	return order
}

// alone takes out of a chain the stages that mirostat takes the place of.
func (p Preset) alone(chain []argen.Transform) []argen.Transform {
	at := slices.IndexFunc(chain, func(t argen.Transform) bool {
		m, is := t.(Mirostat)
		return is && m.Version != 0
	})
	if at < 0 {
		return chain
	}
	return slices.DeleteFunc(chain, func(t argen.Transform) bool { return slices.Contains(p.Mirostat, t.Name()) })
}
