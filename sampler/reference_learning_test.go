package sampler_test

import (
	"argen"
	"argen/sampler"
)

func init() {
	v1 := func(k *call) string {
		return "mirostat=1/" + k.Params.text("tau") + "/" + k.Params.text("eta") + "/" + k.Params.text("m")
	}
	v2 := func(k *call) string { return "mirostat=2/" + k.Params.text("tau") + "/" + k.Params.text("eta") }
	translate("llamacpp/mirostat", v1)
	translate("llamacpp/mirostat_v2", v2)
	translate("llamacpp/adaptive_p", func(k *call) string {
		return "adaptive_p=" + k.Params.text("target") + "/" + k.Params.text("decay")
	})
	for call, names := range map[string]map[string]string{
		"llamacpp/mirostat":    {"mu": "mu_after"},
		"llamacpp/mirostat_v2": {"mu": "mu_after"},
		"llamacpp/adaptive_p":  {"sum": "weighted_sum_after", "weight": "total_weight_after"},
	} {
		states[call] = func(t argen.Transform) map[string]float64 {
			state := map[string]float64{}
			for name, x := range t.(sampler.Stateful).State() {
				state[names[name]] = x
			}
			return state
		}
	}
}
