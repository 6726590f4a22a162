package sampler_test

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"argen"
	"argen/sampler"
)

func init() {
	shapes()
	penalties()
	repeats()
	lengths()
	bans()
}

// shapes are stages that change the logits of all tokens.
func shapes() {
	translate("llamacpp/temp_ext", func(k *call) string {
		return fmt.Sprintf("dynatemp=%s/%s/%s", k.Params.text("delta"), k.Params.text("exponent"), k.Params.text("t"))
	})
	translate("textgen/dynatemp", func(k *call) string {
		low, high := k.Params.float("dynatemp_low"), k.Params.float("dynatemp_high")
		return fmt.Sprintf("dynatemp=%v/%s/%v", (high-low)/2, k.Params.text("dynatemp_exponent"), (low+high)/2)
	})
	translate("textgen/quadratic", func(k *call) string {
		return "quadratic=" + k.Params.text("smoothing_factor") + "/" + k.Params.text("smoothing_curve")
	})
	translate("hf/renormalize_logits", func(k *call) string {
		k.Out.Logits = nil // log-probabilities, which ours are asked for: TestReferenceLogProbs
		return "none"
	})
}

// window is the range of text-generation-webui, in which 0 is all.
func (k *call) window(name string) string {
	if n := k.Params.int("range"); n > 0 {
		return fmt.Sprintf("/%s:%d", name, n)
	}
	return ""
}

// penalties are those of tokens that were there.
func penalties() {
	translate("hf/repetition_penalty", func(k *call) string {
		chain := "repetition_penalty=" + k.Params.text("penalty")
		if k.prompt = k.Params.int("prompt_ignore_length"); k.prompt > 0 {
			chain += "/part:generated"
		}
		return chain
	})
	translate("textgen/repetition_penalty_range", func(k *call) string {
		return "repetition_penalty=" + k.Params.text("penalty") + k.window("last_n")
	})
	for _, name := range []string{"presence_penalty", "frequency_penalty"} {
		translate("textgen/"+name, func(k *call) string { return name + "=" + k.Params.text(name) + k.window("last_n") })
	}
	translate("llamacpp/penalties", func(k *call) string {
		n := max(0, k.Params.int("last_n")) // the sampler takes −1 for none; the program makes it the context
		return fmt.Sprintf("repetition_penalty=%s/%d,frequency_penalty=%s/%d,presence_penalty=%s/%d",
			k.Params.text("repeat"), n, k.Params.text("freq"), n, k.Params.text("present"), n)
	})
}

// tokens are ids as a chain has them: one stage's list of sequences.
func tokens(sequences ...[]argen.ID) string {
	var list []string
	for _, ids := range sequences {
		var words []string
		for _, id := range ids {
			words = append(words, "#"+strconv.Itoa(int(id)))
		}
		list = append(list, strconv.Quote(strings.Join(words, " ")))
	}
	return strings.Join(list, "/")
}

// each are tokens one by one.
func each(ids []argen.ID) [][]argen.ID {
	var all [][]argen.ID
	for _, id := range ids {
		all = append(all, []argen.ID{id})
	}
	return all
}

// repeats are stages that look for passages.
func repeats() {
	dry := func(k *call, n string, breakers [][]argen.ID) string {
		list := strconv.Quote("none")
		if len(breakers) > 0 {
			list = tokens(breakers...)
		}
		return fmt.Sprintf("dry=%s/%s/%s%s/breakers:%s",
			k.Params.text("multiplier"), k.Params.text("base"), k.Params.text("allowed_length"), n, list)
	}
	translate("llamacpp/dry", func(k *call) string {
		var breakers [][]argen.ID
		k.Params.read("breakers", &breakers)
		return dry(k, "/last_n:"+k.Params.text("last_n"), breakers)
	})
	translate("textgen/dry", func(k *call) string {
		return dry(k, k.window("last_n"), each(k.Params.ids("sequence_breakers")))
	})
	translate("hf/no_repeat_ngram", func(k *call) string { return "no_repeat_ngram=" + k.Params.text("ngram_size") })
}

// eos are the tokens that end a text, in transformers one or several.
func (k *call) eos() []argen.ID {
	text := k.Params.text("eos_token_id")
	if !strings.HasPrefix(text, "[") {
		return []argen.ID{argen.ID(k.Params.int("eos_token_id"))}
	}
	return k.Params.ids("eos_token_id")
}

// lengths are stages that look at how long a text is.
func lengths() {
	translate("hf/min_length", func(k *call) string {
		k.stop = k.eos()
		return "min_tokens=" + k.Params.text("min_length") + "/part:context"
	})
	translate("hf/min_new_tokens", func(k *call) string {
		k.prompt = k.Params.int("prompt_length_to_skip")
		return "min_tokens=" + k.Params.text("min_new_tokens") + "/eos:" + tokens(each(k.eos())...)
	})
	translate("hf/exponential_decay_length_penalty", func(k *call) string {
		k.stop, k.prompt = k.eos(), k.Params.int("input_ids_seq_length")
		var pair [2]float64
		k.Params.read("exponential_decay_length_penalty", &pair)
		return fmt.Sprintf("exponential_length=%v/%v", pair[0], pair[1])
	})
	translate("hf/forced_eos", func(k *call) string {
		k.stop = k.eos()
		return "forced_eos=" + k.Params.text("max_length") + "/part:context"
	})
	translate("hf/forced_bos", func(k *call) string { return "forced_bos=#" + k.Params.text("bos_token_id") })
}

// bans are stages that treat some tokens unlike others.
func bans() {
	translate("hf/suppress_tokens", func(k *call) string { // which bans tokens that end a text too
		return "ban=rule:argen/" + tokens(each(k.Params.ids("suppress_tokens"))...)
	})
	translate("hf/begin_suppress_tokens", func(k *call) string {
		k.prompt = k.Params.int("begin_index")
		return "begin_suppress=" + tokens(each(k.Params.ids("begin_suppress_tokens"))...)
	})
	translate("hf/prefix_constrained", func(k *call) string { return "allow=" + tokens(each(k.Params.ids("allowed"))...) })
	translate("hf/bad_words", func(k *call) string {
		k.stop = k.eos()
		var sequences [][]argen.ID
		k.Params.read("bad_words_ids", &sequences)
		return "ban=" + tokens(sequences...)
	})
	build("hf/sequence_bias", func(k *call) ([]argen.Transform, error) {
		var entries [][2]any
		k.Params.read("sequence_bias", &entries)
		s := sampler.SequenceBias{Rule: "hf"}
		for _, e := range entries {
			var ids []argen.ID
			for _, id := range e[0].([]any) {
				ids = append(ids, argen.ID(id.(float64)))
			}
			text, err := strconv.Unquote(tokens(ids))
			if err != nil {
				return nil, err
			}
			s.Sequence = append(s.Sequence, text)
			s.Bias = append(s.Bias, sampler.Bias(e[1].(float64)))
		}
		return []argen.Transform{s}, nil
	})
	translate("llamacpp/logit_bias", func(k *call) string {
		var pairs [][2]float64
		k.Params.read("biases", &pairs)
		var list []string
		for _, p := range pairs {
			list = append(list, fmt.Sprintf("#%v/%v", p[0], p[1]))
		}
		return "logit_bias=" + strings.Join(list, "/")
	})
	// transformers makes the smallest number of −∞ and counts such tokens among
	// those that are left, with P = 0; here they are impossible and not counted.
	// NaN and +∞ are errors.
	exempt["hf/remove_invalid_values"] = exemption{2, "a NaN or +Inf among the logits is an error"}
	build("hf/remove_invalid_values", func(k *call) ([]argen.Transform, error) {
		if k.Changed != nil {
			return nil, errExempt
		}
		k.Out.IDs, k.Out.Probs, k.Out.Logits = slices.Clone(k.Out.IDs), slices.Clone(k.Out.Probs), slices.Clone(k.Out.Logits)
		for i := len(k.Out.IDs) - 1; i >= 0; i-- {
			if k.Out.Logits[i] == -math.MaxFloat32 {
				k.Out.IDs, k.Out.Probs, k.Out.Logits = slices.Delete(k.Out.IDs, i, i+1), slices.Delete(k.Out.Probs, i, i+1), slices.Delete(k.Out.Logits, i, i+1)
			}
		}
		k.Out.Kept = len(k.Out.IDs)
		return nil, nil
	})
}

// Renormalised logits are log-probabilities, which candidates have at any time;
// what transformers repairs is an error here.
func TestReferenceLogProbs(t *testing.T) {
	compared, refused := 0, 0
	for _, k := range calls(t, "hf_processors") {
		before := floats(k.vector().Logits)
		if k.Changed != nil {
			for i, id := range k.Changed.IDs {
				x, err := strconv.ParseFloat(k.Changed.Values[i], 64)
				if err != nil {
					t.Fatal(err)
				}
				before[id] = x
			}
			if _, err := argen.NewCandidates(before); err == nil {
				t.Errorf("%s: logits of %v are accepted", k.Vector, k.Changed.Values)
			}
			refused++
		}
		if k.Processor != "renormalize_logits" {
			continue
		}
		c, err := argen.NewCandidates(before)
		if err != nil {
			t.Fatal(err)
		}
		want := floats(k.Out.Logits)
		for i, id := range k.Out.IDs[:len(want)] {
			if got := c.LogProb(id); !(math.Abs(got-want[i]) <= 3e-6*largest(before, want)) {
				t.Errorf("%s: ln P(%d) = %v, want %v", k.Vector, id, got, want[i])
			}
			compared++
		}
	}
	if compared < 800 || refused != 2 {
		t.Errorf("%d log-probabilities compared, %d calls refused", compared, refused)
	}
}
