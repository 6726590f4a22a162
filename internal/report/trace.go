package report

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"argen"
	"argen/viz"
)

// A Trace is a section with a text, token by token.
type Trace struct {
	Name   string // of the file
	Trace  *argen.Trace
	Number int // among several texts, from 1; 0 for the only one
}

// A traceView is what the template of a trace gets.
type traceView struct {
	Name, Model, Chain, Search, Seed string
	Dir, Prompt                      string
	Words                            []word
	Total                            []string // LogProb, bits a token, perplexity
	Ended                            string
	Torn                             bool
	Steps                            table
	Figures                          []figure
	Data                             traceData
}

// A word is a token as the text has it.
type word struct {
	T      int
	Blank  string // before it
	Text   string
	Breaks int    // line ends after it
	Prob   string // of the token
	Shade  int    // 0 to 9: P in ninths
}

// traceCharts are those of a text.
var traceCharts = []string{"steps", "surprisal", "entropy", "chain"}

func (t Trace) section(p *page) (section, error) {
	tr := t.Trace
	h := &tr.Head
	v := traceView{
		Name: visible(t.Name), Model: visible(h.Model.Ref), Chain: visible(h.Chain), Search: visible(h.Search),
		Seed: strconv.FormatUint(h.Seed, 10), Torn: tr.Torn, Prompt: argen.Printable(h.PromptText),
	}
	v.Dir = direction(h.PromptText + tr.Text())
	steps := tr.Steps
	if n := len(steps); n > p.thrift.steps {
		steps = steps[:p.thrift.steps]
		p.left(p.say("left_steps", "file", v.Name, "shown", strconv.Itoa(len(steps)), "all", strconv.Itoa(n)))
	}
	for i := range steps {
		v.Words = append(v.Words, newWord(&steps[i]))
	}
	if n := len(tr.Steps); n > 0 {
		bits := -tr.LogProb() / math.Ln2
		v.Total = []string{figures4(tr.LogProb()), figures4(bits / float64(n)), figures4(math.Exp(-tr.LogProb() / float64(n)))}
	}
	v.Ended = p.ended(tr)
	v.Steps = p.stepsTable(tr, steps)
	v.Data = p.traceData(tr, steps, v.Name)
	for _, name := range traceCharts {
		if len(tr.Steps) == 0 {
			break
		}
		chart, _ := viz.Lookup(name)
		// What cannot be drawn, numbers that no model gives, stands in the table.
		if f, err := p.figure(t.Name+"\x00"+h.ID+"\x00"+name, func() (*viz.Figure, error) {
			return chart.Figure(viz.Input{Traces: []*argen.Trace{tr}, Step: -1})
		}); err == nil {
			v.Figures = append(v.Figures, p.spoken(f, name))
		}
	}
	title := strings.Join(strings.Fields(h.PromptText+tr.Text()), " ")
	if r := []rune(title); len(r) > 60 {
		title = strings.TrimSpace(string(r[:59])) + "…"
	}
	if title == "" {
		title = p.say("no_text")
	}
	title = visible(title)
	if t.Number > 0 {
		title = p.say("trace_n", "n", strconv.Itoa(t.Number), "text", title)
	} else {
		title = p.say("trace", "text", title)
	}
	return section{Title: title, Note: settings(h), Kind: "trace", View: v}, nil
}

// ended says why a text ends.
func (p *page) ended(tr *argen.Trace) string {
	key := "none"
	if tr.Ended != nil {
		key = tr.Ended.Reason
	}
	if !p.words.Has("report.ends." + key) {
		return visible(key) // of another version
	}
	said := p.say("ends." + key)
	if tr.Ended != nil && tr.Ended.Error != "" {
		said += ": " + visible(tr.Ended.Error)
	}
	return said
}

// newWord is a step as a part of the text. A control token and a part of a
// character show themselves, since they add nothing to it.
func newWord(s *argen.Step) word {
	text := s.Text
	if text == "" || !utf8.ValidString(s.Token) {
		text = s.Token
	}
	body := strings.TrimLeft(text, " ")
	w := word{T: s.T, Blank: text[:len(text)-len(body)], Breaks: strings.Count(text, "\n"), Prob: figures4(round3(s.Prob)), Shade: shade(s.Prob)}
	w.Text = piece(body)
	if body == "" {
		w.Blank, w.Text = "", piece(text)
	}
	if w.Text == "" {
		w.Text = "∅"
	}
	return w
}

// LineEnds has an element for each line end after the word, at most three.
func (w word) LineEnds() []struct{} { return make([]struct{}, min(w.Breaks, 3)) }

// shade is the colour of a probability, from 0 to 9.
func shade(p float64) int {
	if !(p > 0) {
		return 0
	}
	return int(math.Round(9 * min(p, 1)))
}

// round3 rounds to three significant digits.
func round3(x float64) float64 {
	y, err := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 3, 64), 64)
	if err != nil {
		return x
	}
	return y
}

// stepsTable has a row for each step.
func (p *page) stepsTable(tr *argen.Trace, steps []argen.Step) table {
	t := table{Caption: p.say("all_steps"), Head: []string{
		"t", p.say("token"), p.say("model_p"), p.say("rank"), p.say("surprisal"), p.say("entropy"),
		p.say("after_chain"), p.say("tokens_left"), p.say("cum_logprob"), p.say("choice"),
	}}
	for i := range steps {
		s := &steps[i]
		t.Rows = append(t.Rows, []string{
			strconv.Itoa(s.T), piece(s.Token), figures4(s.Prob), strconv.Itoa(s.Rank), figures4(s.Surprisal), figures4(s.Entropy),
			figures4(s.SampledProb), strconv.Itoa(s.Kept), figures4(s.CumLogProb), p.how(s, true),
		})
	}
	if n := len(tr.Steps); n > len(steps) {
		t.Note = p.say("left_rows", "shown", strconv.Itoa(len(steps)), "all", strconv.Itoa(n))
	}
	return t
}

// how says how a token was chosen, in a word or two or in a sentence.
func (p *page) how(s *argen.Step, short bool) string {
	key, values := "drawn", []string{"u", figures4(s.U), "low", figures4(s.Low), "high", figures4(s.High)}
	switch {
	case s.Choice != nil:
		why, _, _ := strings.Cut(p.reason(s.Choice.String()), "\n")
		key, values = "picked", []string{"why", visible(why)}
	case s.Forced:
		key, values = "given", nil
	case s.Gumbel:
		key, values = "raced", []string{"noise", figures4(s.Noise)}
	}
	if short {
		key += "_short"
	}
	return p.say(key, values...)
}
