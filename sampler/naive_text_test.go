package sampler_test

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"argen"
	"argen/sampler"
)

func init() {
	naive["ignore_eos"] = naiveIgnoreEOS
	naive["logit_bias"] = naiveLogitBias
	naive["sequence_bias"] = naiveSequenceBias
	naive["ban"] = naiveBan
	naive["begin_suppress"] = naiveBeginSuppress
	naive["encoder_repetition_penalty"] = naiveEncoderRepetition
	naive["repetition_penalty"] = naiveRepetition
	naive["frequency_penalty"] = naiveFrequency
	naive["presence_penalty"] = naivePresence
	naive["dry"] = naiveDry
	naive["no_repeat_ngram"] = func(stage argen.Transform, all []token, sc scene) []token {
		return withoutNgrams(all, sc.IDs, sc.IDs, stage.(sampler.NoRepeatNgram).N)
	}
	naive["encoder_no_repeat_ngram"] = func(stage argen.Transform, all []token, sc scene) []token {
		return withoutNgrams(all, sc.IDs, sc.IDs[:sc.Prompt], stage.(sampler.EncoderNoRepeatNgram).N)
	}
	naive["min_tokens"] = naiveMinTokens
	naive["exponential_length"] = naiveExponentialLength
	naive["allow"] = naiveAllow
	naive["forced_bos"] = naiveForcedBOS
	naive["forced_eos"] = naiveForcedEOS
}

// means is what "#3 #7" means.
func means(word string) []argen.ID {
	var ids []argen.ID
	for _, f := range strings.Fields(word) {
		n, err := strconv.Atoi(f[1:])
		if err != nil {
			panic(err)
		}
		ids = append(ids, argen.ID(n))
	}
	return ids
}

// one is the token that each of some words means.
func one(words []string) []argen.ID {
	var ids []argen.ID
	for _, word := range words {
		ids = append(ids, means(word)[0])
	}
	return ids
}

// stops are the tokens that end a text: those named, or the model's.
func (s scene) stops(words []string) []argen.ID {
	if len(words) == 0 {
		return s.Info().Stop
	}
	return one(words)
}

// part is what counts of the text.
func (s scene) part(name string) []argen.ID {
	if name == "generated" {
		return s.IDs[s.Prompt:]
	}
	return s.IDs
}

// window are the last n tokens, all if n is below 0.
func window(ids []argen.ID, n int) []argen.ID {
	if n < 0 || n > len(ids) {
		return ids
	}
	return ids[len(ids)-n:]
}

// times is how often a token stands in ids.
func times(ids []argen.ID, id argen.ID) float64 {
	n := 0.0
	for _, other := range ids {
		if other == id {
			n++
		}
	}
	return n
}

func naiveIgnoreEOS(stage argen.Transform, all []token, sc scene) []token {
	ids := stage.(sampler.IgnoreEOS).IDs
	if len(ids) == 0 {
		ids = sc.Info().Stop
	}
	return without(all, func(t token) bool { return slices.Contains(ids, t.id) })
}

// biased removes the last tokens of sequences that the text ends in, where their
// bias is −∞, and then adds the other biases.
func biased(all []token, ids []argen.ID, sequences []string, biases []sampler.Bias, rule sampler.Semantics) []token {
	sums, gone := map[argen.ID]float64{}, map[argen.ID]bool{}
	for i, word := range sequences {
		last := means(word)[len(means(word))-1]
		switch bias := float64(biases[i]); {
		case !completes(ids, means(word), rule):
		case math.IsInf(bias, -1):
			gone[last] = true
		default:
			sums[last] += bias
		}
	}
	left := without(all, func(t token) bool { return gone[t.id] })
	return mapped(left, func(t token) float64 { return t.l + sums[t.id] })
}

// completes reports whether ids end in all of a sequence but its last token.
func completes(ids, sequence []argen.ID, rule sampler.Semantics) bool {
	n := len(sequence) - 1
	switch {
	case n == 0:
		return true
	case rule == "hf" && len(ids) < len(sequence), len(ids) < n:
		return false
	}
	for i := range n {
		if ids[len(ids)-n+i] != sequence[i] {
			return false
		}
	}
	return true
}

func naiveLogitBias(stage argen.Transform, all []token, _ scene) []token {
	s := stage.(sampler.LogitBias)
	return biased(all, nil, s.Token, s.Bias, "")
}

func naiveSequenceBias(stage argen.Transform, all []token, sc scene) []token {
	s := stage.(sampler.SequenceBias)
	return biased(all, sc.IDs, s.Sequence, s.Bias, s.Rule)
}

func naiveBan(stage argen.Transform, all []token, sc scene) []token {
	s := stage.(sampler.Ban)
	return without(all, func(t token) bool {
		for _, word := range s.Tokens {
			ids := means(word)
			spared := s.Rule == "hf" && len(ids) == 1 && slices.Contains(sc.Info().Stop, ids[0])
			if ids[len(ids)-1] == t.id && completes(sc.IDs, ids, s.Rule) && !spared {
				return true
			}
		}
		return false
	})
}

func naiveBeginSuppress(stage argen.Transform, all []token, sc scene) []token {
	ids := one(stage.(sampler.BeginSuppress).Tokens)
	return without(all, func(t token) bool { return len(sc.IDs) == sc.Prompt && slices.Contains(ids, t.id) })
}

func naiveEncoderRepetition(stage argen.Transform, all []token, sc scene) []token {
	r := stage.(sampler.EncoderRepetitionPenalty).R
	return mapped(all, func(t token) float64 {
		switch {
		case times(sc.IDs[:sc.Prompt], t.id) == 0:
			return t.l
		case t.l > 0:
			return t.l * r
		}
		return t.l / r
	})
}

func naiveRepetition(stage argen.Transform, all []token, sc scene) []token {
	s := stage.(sampler.RepetitionPenalty)
	return mapped(all, func(t token) float64 {
		switch {
		case times(window(sc.part(s.Part), s.LastN), t.id) == 0:
			return t.l
		case t.l > 0:
			return t.l / s.R
		}
		return t.l * s.R
	})
}

func naiveFrequency(stage argen.Transform, all []token, sc scene) []token {
	s := stage.(sampler.FrequencyPenalty)
	return mapped(all, func(t token) float64 { return t.l - s.F*times(window(sc.part(s.Part), s.LastN), t.id) })
}

func naivePresence(stage argen.Transform, all []token, sc scene) []token {
	s := stage.(sampler.PresencePenalty)
	return mapped(all, func(t token) float64 {
		return t.l - s.Q*min(1, times(window(sc.part(s.Part), s.LastN), t.id))
	})
}

func naiveDry(stage argen.Transform, all []token, sc scene) []token {
	s := stage.(sampler.Dry)
	ids := window(sc.IDs, s.LastN)
	var breakers [][]argen.ID // the usual texts are not in the vocabulary
	for _, word := range s.Breakers {
		breakers = append(breakers, means(word))
	}
	longest := len(ids) // tokens behind the last breaker
	for i := len(ids) - 1; i >= 0 && longest == len(ids); i-- {
		for _, b := range breakers {
			if i+len(b) <= len(ids) && slices.Equal(ids[i:i+len(b)], b) {
				longest = min(longest, len(ids)-i-len(b))
			}
		}
	}
	shortest := s.AllowedLength
	if s.Rule == "textgen" {
		shortest, longest = max(1, shortest), min(50, longest)
	}
	return mapped(all, func(t token) float64 {
		if slices.ContainsFunc(breakers, func(b []argen.ID) bool { return len(b) == 1 && b[0] == t.id }) {
			return t.l
		}
		passage := -1
		for at := 1; at < len(ids); at++ { // where the token stood
			n := 0
			for n < at && ids[at-1-n] == ids[len(ids)-1-n] {
				n++
			}
			if ids[at] == t.id {
				passage = max(passage, min(n, longest))
			}
		}
		if passage < shortest || longest < shortest || len(ids) <= s.AllowedLength {
			return t.l
		}
		return t.l - s.Multiplier*math.Pow(s.Base, float64(passage-s.AllowedLength))
	})
}

// withoutNgrams removes what would complete an n-gram of a text after ids.
func withoutNgrams(all []token, ids, text []argen.ID, n int) []token {
	return without(all, func(t token) bool {
		if n == 0 || len(ids) < n-1 {
			return false
		}
		gram := append(slices.Clone(ids[len(ids)-(n-1):]), t.id)
		for i := 0; i+n <= len(text); i++ {
			if slices.Equal(text[i:i+n], gram) {
				return true
			}
		}
		return false
	})
}

func naiveMinTokens(stage argen.Transform, all []token, sc scene) []token {
	s := stage.(sampler.MinTokens)
	return without(all, func(t token) bool {
		return len(sc.part(s.Part)) < s.N && slices.Contains(sc.stops(s.EOS), t.id)
	})
}

func naiveExponentialLength(stage argen.Transform, all []token, sc scene) []token {
	s := stage.(sampler.ExponentialLength)
	k := len(sc.IDs) - sc.Prompt - s.Start
	if k <= 0 {
		return all
	}
	return mapped(all, func(t token) float64 {
		l := t.l
		for range int(times(sc.stops(s.EOS), t.id)) {
			l += math.Abs(l) * (math.Pow(s.Factor, float64(k)) - 1)
		}
		return l
	})
}

// forced are tokens made certain.
func forced(ids []argen.ID) []token {
	slices.Sort(ids)
	var all []token
	for _, id := range slices.Compact(ids) {
		all = append(all, token{id, 0})
	}
	return all
}

func naiveAllow(stage argen.Transform, all []token, _ scene) []token {
	ids := one(stage.(sampler.Allow).Tokens)
	var kept []token
	for _, t := range all {
		if slices.Contains(ids, t.id) {
			kept = append(kept, t)
		}
	}
	if kept == nil {
		return forced(ids)
	}
	return kept
}

func naiveForcedBOS(stage argen.Transform, all []token, sc scene) []token {
	if len(sc.IDs) != 1 {
		return all
	}
	return forced(means(stage.(sampler.ForcedBOS).Token))
}

func naiveForcedEOS(stage argen.Transform, all []token, sc scene) []token {
	s := stage.(sampler.ForcedEOS)
	stops := slices.Clone(sc.stops(s.EOS))
	if len(sc.part(s.Part)) != s.N-1 || len(stops) == 0 {
		return all
	}
	return forced(stops)
}
