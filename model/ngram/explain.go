package ngram

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"argen"
)

// An Explanation says where the probability of a token comes from. It
// implements [argen.Explanation].
//
//	P(w | context) = Backoff of the orders above × Prob of the order used
type Explanation struct {
	Word string  `json:"word"`
	Prob float64 `json:"prob"` // P(word | context)
	// Score is the unnormalised score, for stupid backoff only.
	Score float64 `json:"score,omitempty"`
	// Order is the length of the n-gram that decides, 0 if the token is
	// impossible or shares the uniform rest of add-k.
	Order  int     `json:"order"`
	Orders []Level `json:"orders"` // from the longest context that there is to the order used
	// Lines are where the n-gram used stands in the training text, the first
	// MaxLines of them, if the text was kept.
	Lines []Line `json:"lines,omitempty"`
}

// MaxLines is how many lines of the training text an Explanation shows.
const MaxLines = 5

// A Level is one order's part in an Explanation.
type Level struct {
	Order   int      `json:"order"`
	Context []string `json:"context"` // Order-1 words
	Known   bool     `json:"known"`   // the model knows what may follow the context
	Found   bool     `json:"found"`   // the context with the token is in the model
	Used    bool     `json:"used"`    // it decides
	// Prob is P(token | Context) as the model has it, if Found or Used.
	Prob float64 `json:"prob"`
	// Backoff is the weight of backing off from Context, 1 if it is not known.
	Backoff float64 `json:"backoff"`
	// How often the context and the context with the token were seen, if
	// counts were kept. What was pruned counts as 0.
	ContextCount *uint64 `json:"context_count,omitempty"`
	Count        *uint64 `json:"count,omitempty"`
}

// A Line is a place in the training text.
type Line struct {
	Line int    `json:"line"` // number of the sentence, from 1
	Text string `json:"text"` // the tokens around the n-gram, with blanks between
}

// MarshalJSON implements json.Marshaler.
func (e Explanation) MarshalJSON() ([]byte, error) {
	type plain Explanation
	return json.Marshal(plain(e))
}

// String says it in one line.
func (e Explanation) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: P = %.4g", e.Word, e.Prob)
	if e.Score > 0 {
		fmt.Fprintf(&b, " (score %.4g)", e.Score)
	}
	for _, l := range e.Orders {
		context := "no context"
		if len(l.Context) > 0 {
			context = "“" + strings.Join(l.Context, " ") + "”"
		}
		switch {
		case l.Used && l.Found:
			fmt.Fprintf(&b, "; %d-gram, after %s: %.4g", l.Order, context, l.Prob)
		case l.Used:
			fmt.Fprintf(&b, "; not seen after %s, as likely as all unseen: %.4g", context, l.Prob)
		case !l.Known:
			fmt.Fprintf(&b, "; nothing known to follow %s", context)
		default:
			fmt.Fprintf(&b, "; not seen after %s, back off × %.4g", context, l.Backoff)
		}
		if l.Known && l.Count != nil && l.ContextCount != nil {
			fmt.Fprintf(&b, " (%d of %d)", *l.Count, *l.ContextCount)
		}
	}
	for _, l := range e.Lines {
		fmt.Fprintf(&b, "; line %d: %s", l.Line, l.Text)
	}
	return b.String()
}

// Explain implements argen.Explainer.
func (s *State) Explain(id argen.ID) (argen.Explanation, error) {
	m := s.m
	if id < 0 || int(id) >= len(m.vocab.Words) {
		return nil, fmt.Errorf("ngram: id %d is not in the vocabulary of %d", id, len(m.vocab.Words))
	}
	e := Explanation{Word: m.vocab.Words[id], Orders: []Level{}}
	weight := 1.0
	var used []argen.ID
	for n := min(len(s.ids), m.order-1); n >= 0; n-- {
		context := s.ids[len(s.ids)-n:]
		l := m.consult(context, id)
		e.Orders = append(e.Orders, l)
		if l.Used {
			e.Prob = weight * l.Prob
			if l.Found && l.Prob > 0 {
				e.Order = n + 1
				used = append(append(used, context...), id)
			}
			break
		}
		weight *= l.Backoff
	}
	if id == m.vocab.BOS || e.Prob == 0 { // BOS is never predicted
		e.Prob, e.Order, used = 0, 0, nil
	}
	if m.scores {
		e.Score = e.Prob
		logits := make([]float64, len(m.vocab.Words))
		m.Distribution(logits, s.at)
		e.Prob = math.Exp(logits[id])
	}
	e.Lines = m.lines(used)
	return e, nil
}

// consult tells what the model has of one context and a token.
func (m *Model) consult(context []argen.ID, id argen.ID) Level {
	l := Level{Order: len(context) + 1, Context: make([]string, len(context)), Backoff: 1}
	for i, c := range context {
		l.Context[i] = m.vocab.Words[c]
	}
	found := uint32(id)
	if len(context) > 0 {
		at := m.number(context)
		if at == root || !m.asks(at) {
			return l
		}
		found = m.successor(at, uint32(id))
		l.Backoff = math.Pow(10, float64(m.nodes[at].backoff))
		if found == root && m.flat {
			l.Used, l.Prob = true, l.Backoff
		}
		l.ContextCount = m.count(at)
	} else if m.counts != nil {
		total := uint64(0)
		for w, c := range m.counts[:len(m.vocab.Words)] {
			if argen.ID(w) != m.vocab.BOS {
				total += uint64(c)
			}
		}
		l.ContextCount = &total
	}
	l.Known = true
	if l.Count = m.count(found); found != root {
		l.Found, l.Used = true, true
		l.Prob = math.Pow(10, float64(m.logprob(found)))
	}
	return l
}

// count returns how often an n-gram was seen, nil if counts were not kept.
func (m *Model) count(number uint32) *uint64 {
	if m.counts == nil {
		return nil
	}
	n := uint64(0)
	if number != root {
		n = uint64(m.counts[number])
	}
	return &n
}

// lines finds an n-gram in the training text.
func (m *Model) lines(ngram []argen.ID) []Line {
	if len(ngram) == 0 || len(m.text.ends) == 0 {
		return nil
	}
	var found []Line
	var sentence []argen.ID
	from := uint32(0)
	for i, end := range m.text.ends {
		sentence = append(sentence[:0], m.vocab.BOS)
		for _, id := range m.text.ids[from:end] {
			sentence = append(sentence, argen.ID(id))
		}
		sentence = append(sentence, m.vocab.EOS)
		from = end
		at := search(sentence, ngram)
		if at < 0 {
			continue
		}
		found = append(found, Line{Line: i + 1, Text: m.around(sentence, at, at+len(ngram))})
		if len(found) == MaxLines {
			break
		}
	}
	return found
}

// search returns where part begins in ids, -1 if nowhere.
func search(ids, part []argen.ID) int {
next:
	for i := range len(ids) - len(part) + 1 {
		for j, id := range part {
			if ids[i+j] != id {
				continue next
			}
		}
		return i
	}
	return -1
}

// around writes the tokens from to to-1 of a sentence and some more on both
// sides.
func (m *Model) around(sentence []argen.ID, from, to int) string {
	const more = 8
	first, last := max(from-more, 0), min(to+more, len(sentence))
	var b strings.Builder
	if first > 0 {
		b.WriteString("… ")
	}
	for i, id := range sentence[first:last] {
		if i > 0 {
			b.WriteByte(' ')
		}
		if id < 0 { // a model without BOS or EOS
			continue
		}
		b.WriteString(m.vocab.Words[id])
	}
	if last < len(sentence) {
		b.WriteString(" …")
	}
	return b.String()
}
