package argen

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"math"

	"argen/internal/strict"
)

func readHeader(j *strict.JSON, name string, h *Header) (err error) {
	switch name {
	case "argen":
		h.Argen, err = j.String()
	case "id":
		h.ID, err = j.String()
	case "parent":
		h.Parent, err = j.String()
	case "fork_t":
		h.ForkT, err = readInt(j)
	case "model":
		err = j.Object(func(name string) error { return readInfo(j, name, &h.Model) })
	case "prompt":
		h.Prompt, err = j.String()
	case "prompt_text":
		h.PromptText, err = j.String()
	case "prompt_ids":
		h.PromptIDs = []ID{}
		err = j.Array(func(int) error {
			id, err := readID(j)
			h.PromptIDs = append(h.PromptIDs, id)
			return err
		})
	case "prompt_tokens":
		err = j.Array(func(int) error {
			token, err := j.String()
			h.PromptTokens = append(h.PromptTokens, token)
			return err
		})
	case "chat_template":
		h.ChatTemplate, err = j.String()
	case "prompt_control":
		err = j.Array(func(int) error {
			i, err := readInt(j)
			h.PromptControl = append(h.PromptControl, i)
			return err
		})
	case "chain":
		h.Chain, err = j.String()
	case "seed":
		h.Seed, err = j.Uint64()
	case "search":
		h.Search, err = j.String()
	case "context_shift":
		h.ContextShift, err = j.Bool()
	case "rng":
		var rng string
		if rng, err = j.String(); err == nil && rng != RNG && rng != RNGGumbel {
			err = j.Errorf("random stream %q: this version knows %q and %q", rng, RNG, RNGGumbel)
		}
		h.Gumbel = rng == RNGGumbel
	default:
		err = j.Skip()
	}
	return err
}

func readInfo(j *strict.JSON, name string, m *Info) (err error) {
	switch name {
	case "ref":
		m.Ref, err = j.String()
	case "kind":
		m.Kind, err = j.String()
	case "sha256":
		m.SHA256, err = j.String()
	case "vocab_size":
		m.VocabSize, err = readInt(j)
	case "order":
		m.Order, err = readInt(j)
	case "context_length":
		m.ContextLength, err = readInt(j)
	case "partial":
		m.Partial, err = j.Bool()
	case "activations":
		m.Activations, err = j.String()
	default:
		err = j.Skip()
	}
	return err
}

func readStep(j *strict.JSON, name string, s *Step) (err error) {
	switch name {
	case "t":
		s.T, err = readInt(j)
	case "context_len":
		s.ContextLen, err = readInt(j)
	case "dropped":
		s.Dropped, err = readInt(j)
	case "id":
		s.ID, err = readID(j)
	case "token":
		s.Token, err = j.String()
	case "bytes":
		s.Token, err = readBytes(j)
	case "text":
		s.Text, err = j.String()
	case "logit":
		s.Logit, err = readFloat(j)
	case "logprob":
		s.LogProb, err = readFloat(j)
	case "rank":
		s.Rank, err = readInt(j)
	case "prob":
		s.Prob, err = readFloat(j)
	case "sampled_prob":
		s.SampledProb, err = readFloat(j)
	case "u":
		if !j.Null() {
			s.U, err = readFloat(j)
		}
	case "gumbel":
		s.Gumbel = true
		s.Noise, err = readFloat(j)
	case "low":
		s.Low, err = readFloat(j)
	case "high":
		s.High, err = readFloat(j)
	case "entropy":
		s.Entropy, err = readFloat(j)
	case "surprisal":
		s.Surprisal, err = readFloat(j)
	case "cum_logprob":
		s.CumLogProb, err = readFloat(j)
	case "forced":
		s.Forced, err = j.Bool()
	case "dice":
		s.Dice, err = j.Bool()
	case "kept":
		s.Kept, err = readInt(j)
	case "chain":
		s.Chain, err = j.String()
	case "top":
		s.Top = []TopToken{}
		err = j.Array(func(i int) error {
			s.Top = append(s.Top, TopToken{})
			return j.Object(func(name string) error { return readTop(j, name, &s.Top[i]) })
		})
	case "rest":
		err = j.Object(func(name string) error { return readRest(j, name, &s.Rest) })
	case "stages":
		err = j.Array(func(i int) error {
			s.Stages = append(s.Stages, Stage{})
			return j.Object(func(name string) error { return readStage(j, name, &s.Stages[i]) })
		})
	case "origin":
		s.Origin, err = readExplanation(j)
	case "choice":
		s.Choice, err = readExplanation(j)
	case "ns":
		s.Nanos, err = j.Int(0, math.MaxInt64)
	default:
		err = j.Skip()
	}
	return err
}

func readTop(j *strict.JSON, name string, t *TopToken) (err error) {
	switch name {
	case "id":
		t.ID, err = readID(j)
	case "token":
		t.Token, err = j.String()
	case "bytes":
		t.Token, err = readBytes(j)
	case "logit":
		t.Logit, err = readFloat(j)
	case "prob":
		t.Prob, err = readFloat(j)
	case "rank":
		t.Rank, err = readInt(j)
	case "sampled_prob":
		t.SampledProb, err = readFloat(j)
	case "removed_by":
		t.RemovedBy, err = j.String()
	case "why":
		t.Why, err = j.String()
	case "stage_probs":
		err = j.Array(func(int) error {
			p, err := readFloat(j)
			t.StageProbs = append(t.StageProbs, p)
			return err
		})
	default:
		err = j.Skip()
	}
	return err
}

func readRest(j *strict.JSON, name string, r *Rest) (err error) {
	switch name {
	case "tokens":
		r.Tokens, err = readInt(j)
	case "prob":
		r.Prob, err = readFloat(j)
	case "sampled_prob":
		r.SampledProb, err = readFloat(j)
	default:
		err = j.Skip()
	}
	return err
}

func readStage(j *strict.JSON, name string, s *Stage) (err error) {
	switch name {
	case "name":
		s.Name, err = j.String()
	case "params":
		var raw []byte
		raw, err = j.Raw()
		s.Params = json.RawMessage(bytes.Clone(raw))
	case "in":
		s.In, err = readInt(j)
	case "kept":
		s.Kept, err = readInt(j)
	case "entropy_in":
		s.EntropyIn, err = readFloat(j)
	case "last_standing":
		s.LastStanding, err = j.Bool()
	case "mass_removed":
		s.MassRemoved, err = readFloat(j)
	case "entropy":
		s.Entropy, err = readFloat(j)
	default:
		err = j.Skip()
	}
	return err
}

// A logged is an [Explanation] read from a log.
type logged struct {
	text string
	data json.RawMessage
}

func (l logged) String() string               { return l.text }
func (l logged) MarshalJSON() ([]byte, error) { return l.data.MarshalJSON() }

func readExplanation(j *strict.JSON) (Explanation, error) {
	var l logged
	err := j.Object(func(name string) (err error) {
		switch name {
		case "text":
			l.text, err = j.String()
		case "data":
			var raw []byte
			raw, err = j.Raw()
			l.data = bytes.Clone(raw)
		default:
			err = j.Skip()
		}
		return err
	})
	return l, err
}

func readEnd(j *strict.JSON, name string, e *End) (err error) {
	switch name {
	case "reason":
		e.Reason, err = j.String()
	case "tokens":
		e.Tokens, err = readInt(j)
	case "text":
		e.Text, err = j.String()
	case "logprob":
		e.LogProb, err = readFloat(j)
	case "error":
		e.Error, err = j.String()
	default:
		err = j.Skip()
	}
	return err
}

func readInt(j *strict.JSON) (int, error) {
	n, err := j.Int(0, math.MaxInt32)
	return int(n), err
}

func readID(j *strict.JSON) (ID, error) {
	n, err := j.Int(0, math.MaxInt32)
	return ID(n), err
}

// readFloat reads a number as [AppendFloat] writes it.
func readFloat(j *strict.JSON) (float64, error) {
	if j.Kind() != strict.String {
		return j.Float()
	}
	s, err := j.String()
	switch {
	case err != nil:
		return 0, err
	case s == "inf":
		return math.Inf(1), nil
	case s == "-inf":
		return math.Inf(-1), nil
	case s == "nan":
		return math.NaN(), nil
	}
	return 0, j.Errorf("%q is no number: want digits, %q, %q or %q", s, "inf", "-inf", "nan")
}

func readBytes(j *strict.JSON) (string, error) {
	s, err := j.String()
	if err != nil {
		return "", err
	}
	raw, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return "", j.Errorf("bytes are not in base64")
	}
	return string(raw), nil
}
