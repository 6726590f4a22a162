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
}

// keep is the least number of tokens as a chain has it, under its name in an
// engine.
func (k *call) keep(name string) string {
	if n := k.Params.int(name); n > 0 {
		return fmt.Sprintf("/keep:%d", n)
	}
	return ""
}
