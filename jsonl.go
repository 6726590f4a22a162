package argen

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"math"
	"strconv"
	"time"
	"unicode/utf8"
)

// A JSONL writes a trace as JSON Lines: a header, a line a step, an end. Each
// line is one Write, so a process that is killed leaves whole lines but for
// the last. After an error nothing more is written, since a line may be half
// there: what stands before it can still be read. It implements [Sink]; close
// what it writes to yourself.
type JSONL struct {
	w    io.Writer
	buf  []byte
	err  error                     // the first of w
	sync interface{ Sync() error } // of a file
	at   time.Time                 // of the last sync
}

// NewJSONL returns the sink that writes to w. If w has a Sync method, as a
// file has, it is called every five seconds and at the end.
func NewJSONL(w io.Writer) *JSONL {
	j := &JSONL{w: w, at: time.Now()}
	j.sync, _ = w.(interface{ Sync() error })
	return j
}

// Header implements Sink.
func (j *JSONL) Header(h Header) error { return j.write(appendHeader(j.buf[:0], &h), false) }

// Step implements Sink.
func (j *JSONL) Step(s Step) error { return j.write(appendStep(j.buf[:0], &s), false) }

// Back implements Sink.
func (j *JSONL) Back(t int) error {
	b := append(j.buf[:0], `{"type":"back"`...)
	return j.write(append(putInt(b, "t", t), '}'), false)
}

// End implements Sink.
func (j *JSONL) End(e End) error { return j.write(appendEnd(j.buf[:0], &e), true) }

func (j *JSONL) write(line []byte, last bool) error {
	j.buf = append(line, '\n')
	if j.err == nil {
		_, j.err = j.w.Write(j.buf)
	}
	if j.err != nil {
		return j.err
	}
	if j.sync == nil || !last && time.Since(j.at) < 5*time.Second {
		return nil
	}
	j.at = time.Now()
	j.sync.Sync() // a pipe or terminal has nothing to sync and says so
	return nil
}

func appendHeader(b []byte, h *Header) []byte {
	b = append(b, `{"type":"header"`...)
	b = putInt(b, "version", TraceVersion)
	b = putText(b, "argen", h.Argen)
	b = putText(b, "id", h.ID)
	if h.Parent != "" {
		b = putText(b, "parent", h.Parent)
		b = putInt(b, "fork_t", h.ForkT)
	}
	m := &h.Model
	b = append(b, `,"model":{"ref":`...)
	b = appendString(b, m.Ref)
	b = putText(b, "kind", m.Kind)
	b = putText(b, "sha256", m.SHA256)
	b = putInt(b, "vocab_size", m.VocabSize)
	if m.Order > 0 {
		b = putInt(b, "order", m.Order)
	}
	if m.ContextLength > 0 {
		b = putInt(b, "context_length", m.ContextLength)
	}
	if m.Partial {
		b = append(b, `,"partial":true`...)
	}
	if m.Activations != "" {
		b = putText(b, "activations", m.Activations)
	}
	b = append(b, '}')
	b = putText(b, "prompt", h.Prompt)
	b = append(b, `,"prompt_ids":[`...)
	for i, id := range h.PromptIDs {
		b = strconv.AppendInt(comma(b, i), int64(id), 10)
	}
	b = append(b, `],"prompt_tokens":[`...)
	for i, token := range h.PromptTokens {
		b = appendString(comma(b, i), token)
	}
	b = append(b, ']')
	b = putText(b, "prompt_text", h.PromptText)
	if h.ChatTemplate != "" {
		b = putText(b, "chat_template", h.ChatTemplate)
		b = append(b, `,"prompt_control":[`...)
		for i, at := range h.PromptControl {
			b = strconv.AppendInt(comma(b, i), int64(at), 10)
		}
		b = append(b, ']')
	}
	b = putText(b, "chain", h.Chain)
	b = append(b, `,"seed":`...)
	b = strconv.AppendUint(b, h.Seed, 10)
	if h.Gumbel {
		b = putText(b, "rng", RNGGumbel)
	} else {
		b = putText(b, "rng", RNG)
	}
	if h.ContextShift {
		b = append(b, `,"context_shift":true`...)
	}
	if h.Search != "" {
		b = putText(b, "search", h.Search)
	}
	return append(b, '}')
}

func appendStep(b []byte, s *Step) []byte {
	b = append(b, `{"type":"step"`...)
	b = putInt(b, "t", s.T)
	b = putInt(b, "context_len", s.ContextLen)
	if s.Dropped > 0 {
		b = putInt(b, "dropped", s.Dropped)
	}
	b = putInt(b, "id", int(s.ID))
	b = putToken(b, s.Token)
	b = putText(b, "text", s.Text)
	b = putFloat(b, "logit", s.Logit)
	b = putFloat(b, "logprob", s.LogProb)
	b = putInt(b, "rank", s.Rank)
	b = putFloat(b, "prob", s.Prob)
	b = putFloat(b, "sampled_prob", s.SampledProb)
	switch {
	case s.Forced:
		b = append(b, `,"u":null`...)
	case s.Gumbel:
		b = putFloat(append(b, `,"u":null`...), "gumbel", s.Noise)
	default:
		b = putFloat(b, "u", s.U)
		b = putFloat(b, "low", s.Low)
		b = putFloat(b, "high", s.High)
	}
	b = putFloat(b, "entropy", s.Entropy)
	b = putFloat(b, "surprisal", s.Surprisal)
	b = putFloat(b, "cum_logprob", s.CumLogProb)
	b = append(b, `,"forced":`...)
	b = strconv.AppendBool(b, s.Forced)
	if s.Dice {
		b = append(b, `,"dice":true`...)
	}
	b = putInt(b, "kept", s.Kept)
	if s.Chain != "" {
		b = putText(b, "chain", s.Chain)
	}
	if s.Top != nil {
		b = appendTop(b, s)
	}
	if s.Origin != nil {
		b = appendExplanation(b, "origin", s.Origin)
	}
	if s.Choice != nil {
		b = appendExplanation(b, "choice", s.Choice)
	}
	if s.Nanos > 0 {
		b = append(b, `,"ns":`...)
		b = strconv.AppendInt(b, s.Nanos, 10)
	}
	return append(b, '}')
}

func appendTop(b []byte, s *Step) []byte {
	b = append(b, `,"top":[`...)
	for i := range s.Top {
		t := &s.Top[i]
		b = append(comma(b, i), `{"id":`...)
		b = strconv.AppendInt(b, int64(t.ID), 10)
		b = putToken(b, t.Token)
		b = putFloat(b, "logit", t.Logit)
		b = putFloat(b, "prob", t.Prob)
		b = putInt(b, "rank", t.Rank)
		b = putFloat(b, "sampled_prob", t.SampledProb)
		if t.RemovedBy != "" {
			b = putText(b, "removed_by", t.RemovedBy)
		}
		if t.Why != "" {
			b = putText(b, "why", t.Why)
		}
		if len(t.StageProbs) > 0 {
			b = append(putName(b, "stage_probs"), '[')
			for k, p := range t.StageProbs {
				b = AppendFloat(comma(b, k), p)
			}
			b = append(b, ']')
		}
		b = append(b, '}')
	}
	b = append(b, `],"rest":{"tokens":`...)
	b = strconv.AppendInt(b, int64(s.Rest.Tokens), 10)
	b = putFloat(b, "prob", s.Rest.Prob)
	b = putFloat(b, "sampled_prob", s.Rest.SampledProb)
	b = append(b, `},"stages":[`...)
	for i := range s.Stages {
		g := &s.Stages[i]
		b = append(comma(b, i), `{"name":`...)
		b = appendString(b, g.Name)
		if len(g.Params) > 0 {
			b = append(b, `,"params":`...)
			b = append(b, g.Params...)
		}
		b = putInt(b, "in", g.In)
		b = putInt(b, "kept", g.Kept)
		b = putFloat(b, "mass_removed", g.MassRemoved)
		b = putFloat(b, "entropy_in", g.EntropyIn)
		b = putFloat(b, "entropy", g.Entropy)
		if g.LastStanding {
			b = append(b, `,"last_standing":true`...)
		}
		b = append(b, '}')
	}
	return append(b, ']')
}

// appendExplanation writes an explanation as its text and its data.
func appendExplanation(b []byte, key string, e Explanation) []byte {
	data, err := json.Marshal(e)
	if err != nil {
		return b
	}
	b = append(putName(b, key), `{"text":`...)
	b = appendString(b, e.String())
	b = append(b, `,"data":`...)
	b = append(b, data...)
	return append(b, '}')
}

func appendEnd(b []byte, e *End) []byte {
	b = append(b, `{"type":"end"`...)
	b = putText(b, "reason", e.Reason)
	b = putInt(b, "tokens", e.Tokens)
	b = putText(b, "text", e.Text)
	b = putFloat(b, "logprob", e.LogProb)
	b = putFloat(b, "perplexity", e.Perplexity())
	if e.Error != "" {
		b = putText(b, "error", e.Error)
	}
	return append(b, '}')
}

func comma(b []byte, i int) []byte {
	if i > 0 {
		b = append(b, ',')
	}
	return b
}

func putName(b []byte, key string) []byte {
	b = append(b, ',', '"')
	b = append(b, key...)
	return append(b, '"', ':')
}

func putInt(b []byte, key string, n int) []byte {
	return strconv.AppendInt(putName(b, key), int64(n), 10)
}

func putFloat(b []byte, key string, x float64) []byte { return AppendFloat(putName(b, key), x) }

func putText(b []byte, key, s string) []byte { return appendString(putName(b, key), s) }

// putToken writes a piece, and its bytes too if they are not valid UTF-8.
func putToken(b []byte, piece string) []byte {
	b = putText(b, "token", piece)
	if utf8.ValidString(piece) {
		return b
	}
	return putText(b, "bytes", base64.StdEncoding.EncodeToString([]byte(piece)))
}

// AppendFloat appends a number to JSON: the fewest digits that give the same
// number again, and the strings "inf", "-inf" and "nan" for what JSON cannot
// write.
func AppendFloat(b []byte, x float64) []byte {
	switch {
	case math.IsNaN(x):
		return append(b, `"nan"`...)
	case math.IsInf(x, 1):
		return append(b, `"inf"`...)
	case math.IsInf(x, -1):
		return append(b, `"-inf"`...)
	case x == 0:
		return append(b, '0') // also −0
	}
	if a := math.Abs(x); a >= 1e-6 && a < 1e21 {
		return strconv.AppendFloat(b, x, 'f', -1, 64)
	}
	return strconv.AppendFloat(b, x, 'e', -1, 64)
}

// appendString appends a JSON string. What a terminal could act on is written
// as \u escapes, and bytes that are not UTF-8 as U+FFFD.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, `\n`...)
		case shown(r):
			b = utf8.AppendRune(b, r)
		case r < 0x10000:
			b = hex4(b, r)
		default:
			r -= 0x10000
			b = hex4(hex4(b, 0xd800+r>>10), 0xdc00+r&0x3ff)
		}
	}
	return append(b, '"')
}

func hex4(b []byte, r rune) []byte {
	const digits = "0123456789abcdef"
	return append(b, '\\', 'u', digits[r>>12], digits[r>>8&15], digits[r>>4&15], digits[r&15])
}
