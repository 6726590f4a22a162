package sampler_test

import (
	"fmt"

	"argen"
	"argen/sampler"
)

func init() {
	translate("hf/temperature", func(k *call) string { return "temperature=" + k.Params.text("temperature") })
	build("llamacpp/temp", func(k *call) ([]argen.Transform, error) {
		return []argen.Transform{sampler.Temperature{T: k.Params.float("t")}}, nil // also below 0, which chains refuse
	})
	translate("hf/top_k", func(k *call) string {
		return "top_k=" + k.Params.text("top_k") + k.keep("min_tokens_to_keep")
	})
	translate("llamacpp/top_k", func(k *call) string { return "top_k=" + k.Params.text("k") })
	topP := func(p, keep string) func(k *call) ([]argen.Transform, error) {
		return func(k *call) ([]argen.Transform, error) {
			if k.Params.float(p) == 0 { // which chains refuse
				return []argen.Transform{sampler.TopP{Keep: k.Params.int(keep)}}, nil
			}
			return sampler.Semantics(k.Engine).Parse("top_p=" + k.Params.text(p) + k.keep(keep))
		}
	}
	build("hf/top_p", topP("top_p", "min_tokens_to_keep"))
	build("llamacpp/top_p", topP("p", "min_keep"))
	for name, p := range map[string]struct{ stage, value, keep string }{
		"hf/min_p":            {"min_p", "min_p", "min_tokens_to_keep"},
		"hf/typical_p":        {"typical_p", "mass", "min_tokens_to_keep"},
		"hf/epsilon_cutoff":   {"epsilon_cutoff", "epsilon", "min_tokens_to_keep"},
		"hf/eta_cutoff":       {"eta_cutoff", "epsilon", "min_tokens_to_keep"},
		"hf/top_h":            {"top_h", "top_h", ""},
		"llamacpp/min_p":      {"min_p", "p", "min_keep"},
		"llamacpp/typical":    {"typical_p", "p", "min_keep"},
		"textgen/top_a":       {"top_a", "top_a", "min_tokens_to_keep"},
		"textgen/tfs":         {"tail_free", "tfs", "min_tokens_to_keep"},
		"textgen/top_n_sigma": {"top_n_sigma", "n_sigma", ""},
	} {
		translate(name, func(k *call) string { return p.stage + "=" + k.Params.text(p.value) + k.keep(p.keep) })
	}
	translate("llamacpp/top_n_sigma", func(k *call) string { return "top_n_sigma=" + k.Params.text("n") })
	translate("llamacpp/xtc", func(k *call) string {
		return "xtc=" + k.Params.text("probability") + "/" + k.Params.text("threshold") + k.keep("min_keep")
	})
	translate("textgen/xtc", func(k *call) string {
		special := k.Params.ids("special_token_ids")
		k.texts, k.stop = map[string]argen.ID{"\n": special[0]}, special[1:]
		return "xtc=" + k.Params.text("probability") + "/" + k.Params.text("threshold")
	})
}

// keep is the least number of tokens as a chain has it, under its name in an
// engine.
func (k *call) keep(name string) string {
	if n := k.Params.int(name); n > 0 {
		return fmt.Sprintf("/keep:%d", n)
	}
	return ""
}
