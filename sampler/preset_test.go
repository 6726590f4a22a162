package sampler_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"argen"
	"argen/sampler"
)

func preset(t *testing.T, name string) sampler.Preset {
	t.Helper()
	p, ok := sampler.LookupPreset(name)
	if !ok {
		t.Fatalf("no preset %s", name)
	}
	return p
}

// asked are flags as FromFlags looks them up: "top-k=10 mirostat=2".
func asked(flags string) func(string) []string {
	return func(name string) []string {
		var texts []string
		for f := range strings.FieldsSeq(flags) {
			if key, text, _ := strings.Cut(f, "="); key == name {
				texts = append(texts, text)
			}
		}
		return texts
	}
}

// Presets name stages that there are, each once, and their chains are in their
// own order.
func TestPresetNames(t *testing.T) {
	for _, p := range sampler.Presets {
		for _, name := range slices.Concat(p.Order, p.Mirostat) {
			if _, ok := sampler.Lookup(name); !ok {
				t.Errorf("%s: there is no stage %s", p.Name, name)
			}
		}
		for i, name := range p.Order {
			if slices.Contains(p.Order[:i], name) {
				t.Errorf("%s: %s stands twice in its order", p.Name, name)
			}
		}
		chain, err := p.FromFlags(asked(""))
		if err != nil {
			t.Errorf("%s: %v", p.Name, err)
			continue
		}
		last := -1
		for _, stage := range chain {
			if at := slices.Index(p.Order, stage.Name()); at < last {
				t.Errorf("%s: %s stands too late in %s", p.Name, stage.Name(), p.Chain)
			} else {
				last = at
			}
		}
	}
}

// What each program does when nothing is asked for, and what flags make of it:
// a stage changes where it stands, or comes in where the program has it.
func TestPresets(t *testing.T) {
	for _, k := range []struct{ preset, flags, want string }{
		{"argen", "", "temperature=1"},
		{"hf", "", "temperature=1,top_k=50/rule:hf"},
		{"hf", "temperature=0.7 top-p=0.9 repetition-penalty=1.2", "repetition_penalty=1.2/-1,temperature=0.7,top_k=50/rule:hf,top_p=0.9/rule:hf"},
		{"hf", "no-repeat-ngram=3 top-k=0 min-p=0.1", "no_repeat_ngram=3,temperature=1,top_k=0/rule:hf,min_p=0.1"},
		{"hf", "watermark=0.25 eta-cutoff=0.001 guidance=2", "guidance=2,temperature=1,top_k=50/rule:hf,eta_cutoff=0.001,watermark=0.25"},
		{"hf-greedy", "", "greedy"},
		{"llamacpp", "", "top_k=40,top_p=0.95,min_p=0.05,temperature=0.8"},
		{"llamacpp", "top-k=10", "top_k=10,top_p=0.95,min_p=0.05,temperature=0.8"},
		{"llamacpp", "temperature=1.5 typical-p=0.9 repetition-penalty=1.1", "repetition_penalty=1.1,top_k=40,typical_p=0.9/rule:llamacpp,top_p=0.95,min_p=0.05,temperature=1.5"},
		{"llamacpp", "dynatemp-range=0.3", "top_k=40,top_p=0.95,min_p=0.05,dynatemp=0.3/t:0.8/llamacpp"},
		{"llamacpp", "mirostat=2", "temperature=0.8,mirostat=2"},
		{"llamacpp", "mirostat=1 mirostat-tau=3 top-p=0.5 repetition-penalty=1.1 temperature=1", "temperature=1,mirostat=1/3"},
		{"llamacpp", "mirostat=2 adaptive-target=0.5", "temperature=0.8,mirostat=2"},
		{"llamacpp", "mirostat=0", "top_k=40,top_p=0.95,min_p=0.05,temperature=0.8,mirostat=0"},
		{"llamacpp", "adaptive-target=0.5 xtc-probability=0.5", "top_k=40,top_p=0.95,min_p=0.05,xtc=0.5/rule:llamacpp,temperature=0.8,adaptive_p=0.5"},
		{"ollama", "", "top_k=40,top_p=0.9,temperature=0.8"},
		{"ollama", "min-p=0.1", "top_k=40,top_p=0.9,min_p=0.1,temperature=0.8"},
		{"openai", "top-p=0.9 frequency-penalty=0.5", "frequency_penalty=0.5/-1/generated,temperature=1,top_p=0.9"},
		{"textgen", "", "temperature=1"},
		{"textgen", "mirostat=2 top-k=20 xtc-probability=0.5", "temperature=1,top_k=20/rule:textgen,mirostat=2,xtc=0.5/rule:textgen"},
		{"exllama", "", "repetition_penalty=1.025/-1,temperature=0.8,top_k=50,top_p=0.8"},
		{"exllama", "top-a=0.2 mirostat=2", "repetition_penalty=1.025/-1,temperature=0.8,top_k=50,top_p=0.8,top_a=0.2,mirostat=2/1.5"},
		{"exllama", "frequency-penalty=0.5 dry-multiplier=1", "repetition_penalty=1.025/-1,frequency_penalty=0.5/-1,dry=1/last_n:-1,temperature=0.8,top_k=50,top_p=0.8"},
		{"textgen", "repetition-penalty=1.2 dry-multiplier=1", "repetition_penalty=1.2/1024,dry=1/last_n:1024/textgen,temperature=1"},
		{"textgen", "greedy=true watermark=0.5 no-repeat-ngram=2", "temperature=1,no_repeat_ngram=2,watermark=0.5,greedy"},
		{"llama2c", "mirostat=2 adaptive-target=0.5 greedy=true", "temperature=1,top_p=0.9,adaptive_p=0.5,mirostat=2,greedy"},
		{"llama2c", "", "temperature=1,top_p=0.9"},
		{"llama2c", "temperature=0", "temperature=0,top_p=0.9"},
		{"transformer-explainer", "", "temperature=0.8,top_k=5"},
	} {
		chain, err := preset(t, k.preset).FromFlags(asked(k.flags))
		if err != nil {
			t.Errorf("%s %s: %v", k.preset, k.flags, err)
			continue
		}
		if got := sampler.Format(chain); got != k.want {
			t.Errorf("%s %s:\n     %s\nwant %s", k.preset, k.flags, got, k.want)
		}
	}
}

// Flags put the stages of every chain of the references into the order in which
// the program itself had them.
func TestPresetOrders(t *testing.T) {
	compared := map[string]int{}
	for file, name := range map[string]string{"hf_chains": "hf", "llama_chains": "llamacpp"} {
		p := preset(t, name)
		for _, k := range calls(t, file) {
			stages, err := k.chain()
			if err != nil {
				t.Fatal(err)
			}
			want := stageNames(stages)
			if name == "llamacpp" && slices.Index(want, "temperature") == 0 {
				continue // asked for in another order
			}
			var flags []string
			for _, stage := range want {
				flags = append(flags, anyFlag(stage))
			}
			chain, err := p.FromFlags(asked(strings.Join(flags, " ")))
			if err != nil {
				t.Fatalf("%s: %v", flags, err)
			}
			got := slices.DeleteFunc(stageNames(chain), func(name string) bool { return !slices.Contains(want, name) })
			if !slices.Equal(got, want) {
				t.Fatalf("%s: %v, want %v", name, got, want)
			}
			compared[name]++
		}
	}
	if compared["hf"] != 214 || compared["llamacpp"] != 194 {
		t.Errorf("compared: %v", compared)
	}
}

func stageNames(chain []argen.Transform) []string {
	var names []string
	for _, t := range chain {
		names = append(names, t.Name())
	}
	return names
}

// anyFlag is a flag that puts a stage into a chain.
func anyFlag(name string) string {
	s, _ := sampler.Lookup(name)
	if len(s.Params) == 0 {
		return s.Switch() + "=true"
	}
	for i, p := range s.Params {
		if p.Flag == "" || p.Shared {
			continue
		}
		switch {
		case p.Kind == sampler.Float || p.Kind == sampler.Int:
			return p.Flag + "=" + strconv.FormatFloat(p.Default, 'g', -1, 64)
		case s.Repeat > 1 && i >= len(s.Params)-s.Repeat:
			return p.Flag + "=#1=1"
		default:
			return p.Flag + "=#1"
		}
	}
	panic(name + " has no flag")
}
