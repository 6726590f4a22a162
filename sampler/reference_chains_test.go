package sampler_test

import (
	"encoding/json"
	"fmt"

	"argen"
)

// part translates one stage of a chain, with the tokens that the translation
// found for the whole of it.
func (k *call) part(name string, p params) ([]argen.Transform, error) {
	one := *k
	one.Processor, one.Sampler, one.Params = name, "", p
	f := translations[one.name()]
	if f == nil {
		return nil, fmt.Errorf("%s, in a chain: %w", one.name(), errMissing)
	}
	stages, err := f(&one)
	k.prompt, k.stop, k.texts = max(k.prompt, one.prompt), one.stop, one.texts
	return stages, err
}

// raw is a value as params have it.
func raw(v any) json.RawMessage {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return text
}

func init() {
	// Arguments stand in the order of llama.cpp's functions.
	arguments := map[string][]string{
		"top_k": {"k"}, "top_p": {"p", "min_keep"}, "min_p": {"p", "min_keep"}, "typical": {"p", "min_keep"},
		"xtc": {"probability", "threshold", "min_keep", "seed"}, "top_n_sigma": {"n"}, "temp": {"t"},
		"temp_ext": {"t", "delta", "exponent"}, "penalties": {"last_n", "repeat", "freq", "present"},
	}
	build("llamacpp/chain", func(k *call) ([]argen.Transform, error) {
		var samplers [][]json.RawMessage
		k.Params.read("samplers", &samplers)
		var chain []argen.Transform
		for _, s := range samplers {
			var name string
			params{"": s[0]}.read("", &name)
			p := params{}
			for i, argument := range arguments[name] {
				p[argument] = s[i+1]
			}
			stages, err := k.part(name, p)
			if err != nil {
				return nil, err
			}
			chain = append(chain, stages...)
		}
		return chain, nil
	})

	// The classes of transformers, by the name of their calls and of the
	// parameters of generate that they take.
	classes := map[string]struct {
		name string
		args map[string]string
	}{
		"TemperatureLogitsWarper":           {"temperature", map[string]string{"temperature": "temperature"}},
		"TopHLogitsWarper":                  {"top_h", map[string]string{"top_h": "top_h"}},
		"TopKLogitsWarper":                  {"top_k", map[string]string{"top_k": "top_k"}},
		"TopPLogitsWarper":                  {"top_p", map[string]string{"top_p": "top_p"}},
		"MinPLogitsWarper":                  {"min_p", map[string]string{"min_p": "min_p"}},
		"TypicalLogitsWarper":               {"typical_p", map[string]string{"mass": "typical_p"}},
		"EpsilonLogitsWarper":               {"epsilon_cutoff", map[string]string{"epsilon": "epsilon_cutoff"}},
		"EtaLogitsWarper":                   {"eta_cutoff", map[string]string{"epsilon": "eta_cutoff"}},
		"RepetitionPenaltyLogitsProcessor":  {"repetition_penalty", map[string]string{"penalty": "repetition_penalty"}},
		"NoRepeatNGramLogitsProcessor":      {"no_repeat_ngram", map[string]string{"ngram_size": "no_repeat_ngram_size"}},
		"SequenceBiasLogitsProcessor":       {"sequence_bias", map[string]string{"sequence_bias": "sequence_bias"}},
		"SuppressTokensLogitsProcessor":     {"suppress_tokens", map[string]string{"suppress_tokens": "suppress_tokens"}},
		"MinNewTokensLengthLogitsProcessor": {"min_new_tokens", map[string]string{"min_new_tokens": "min_new_tokens", "prompt_length_to_skip": "prompt_length", "eos_token_id": "eos_token_id"}},
		"LogitNormalization":                {"renormalize_logits", nil},
	}
	build("hf/chain", func(k *call) ([]argen.Transform, error) {
		var chain []argen.Transform
		for _, name := range k.Order {
			class := classes[name]
			p := params{}
			for own, argument := range class.args {
				if p[own] = k.Params[argument]; own == "eos_token_id" {
					p[own] = raw([]int{k.Params.int(argument)})
				}
			}
			stages, err := k.part(class.name, p)
			if err != nil {
				return nil, err
			}
			chain = append(chain, stages...)
		}
		return chain, nil
	})
}
