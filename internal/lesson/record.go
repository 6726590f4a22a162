package lesson

import (
	"math"
	"slices"
	"strings"

	"argen/internal/words"
	"argen/viz"
)

// Version of the JSON of a record.
const Version = 1

// A Record is what a lesson has measured and what it says of that, whole: the
// JSON of argen explain --json.
type Record struct {
	Type     string            `json:"type"` // "lesson"
	Version  int               `json:"version"`
	Argen    string            `json:"argen"`
	Lesson   string            `json:"lesson"`
	Language string            `json:"language"`
	Model    string            `json:"model"` // as the user named it
	Seed     uint64            `json:"seed"`
	Holds    bool              `json:"holds"` // all verdicts do
	Numbers  []Number          `json:"numbers"`
	Facts    map[string]string `json:"facts"` // texts for places: a token, the prompt, a model
	Verdicts []Verdict         `json:"verdicts"`
	Tables   []Table           `json:"tables,omitempty"`
	Charts   []Chart           `json:"charts,omitempty"`
	Answer   int               `json:"answer"` // the option that the experiment makes right, from 0; −1 where none was offered
	Texts    Texts             `json:"texts"`

	lesson *Lesson
	words  *words.Catalogue
}

// Texts are those of the lesson with the numbers in their places.
type Texts struct {
	Title    string   `json:"title"`
	Claim    string   `json:"claim"`
	Question string   `json:"question,omitempty"`
	Options  []string `json:"options,omitempty"`
	Finding  string   `json:"finding"`
	Shows    string   `json:"shows"`
	Caveat   string   `json:"caveat"`
	Takeaway string   `json:"takeaway"`
	Task     string   `json:"task,omitempty"`
}

// A Number is a figure that was measured. The first of a record is the deciding
// one, that of the first verdict.
type Number struct {
	Name   string // snake_case; {name} in texts is the value, {name~} the value with its interval
	Value  float64
	Lo, Hi *float64 // the interval that holds the true one in 95 of 100 such experiments; none where nothing was sampled
	Unit   Unit
	N      int // how many draws, texts or positions it comes from
}

// A Verdict is what must hold of a number: that the experiment came out as
// claimed.
type Verdict struct {
	Name      string  `json:"name"`   // of its text: lessons.NAME.verdicts.…
	Number    string  `json:"number"` // the name of the number that decides
	Rule      string  `json:"rule"`   // "<=", "<", ">=" or ">"
	Limit     float64 `json:"limit"`
	Holds     bool    `json:"holds"`               // of a number with an interval: all of it keeps the rule
	Undecided bool    `json:"undecided,omitempty"` // some of the interval keeps the rule and some does not, or a single sample has none: more samples would tell
	Text      string  `json:"text"`
}

// Outcome is the key of the word for what came out, in the catalogue under
// explain.
func (v Verdict) Outcome() string {
	switch {
	case v.Holds:
		return "holds"
	case v.Undecided:
		return "undecided"
	}
	return "fails"
}

// Outcome is what came out of all verdicts: they hold, one of them fails, or none
// does and some are undecided.
func (r *Record) Outcome() string {
	all := Verdict{Holds: r.Holds}
	for _, v := range r.Verdicts {
		switch v.Outcome() {
		case "fails":
			return v.Outcome()
		case "undecided":
			all.Undecided = true
		}
	}
	return all.Outcome()
}

// A Table is numbers in rows.
type Table struct {
	Name    string   `json:"name"` // of its title: lessons.NAME.words.…
	Title   string   `json:"title"`
	Columns []string `json:"columns"`
	Rows    [][]Cell `json:"rows"`
}

// A Cell is a text, or a number where Number is there.
type Cell struct {
	Text   string  `json:"text,omitempty"`
	Number *Number `json:"number,omitempty"`
}

// A Chart is a chart of package viz and its data.
type Chart struct {
	Kind string   `json:"kind"` // a name in viz.Charts
	Data viz.Data `json:"data"`
}

// Figure draws the chart.
func (c Chart) Figure() (*viz.Figure, error) { return viz.DrawData(c.Kind, c.Data) }

// Exact adds a number that no dice had a part in.
func (r *Record) Exact(name string, value float64, unit Unit) {
	r.Numbers = append(r.Numbers, Number{Name: name, Value: value, Unit: unit})
}

// Estimate adds a number that was measured on n samples, with its interval.
func (r *Record) Estimate(name string, e Interval, n int, unit Unit) {
	r.Numbers = append(r.Numbers, e.number(name, n, unit))
}

// Interval is a measured number and the interval that holds the true one in 95
// of 100 such experiments; Lo and Hi are NaN where there is none.
type Interval struct{ Mean, Lo, Hi float64 }

func (e Interval) number(name string, n int, unit Unit) Number {
	x := Number{Name: name, Value: e.Mean, Unit: unit, N: n}
	if !math.IsNaN(e.Lo) && !math.IsNaN(e.Hi) {
		x.Lo, x.Hi = &e.Lo, &e.Hi
	}
	return x
}

// Cell returns the number as a cell of a table.
func (n Number) Cell() Cell { return Cell{Number: &n} }

// Number returns the number of a name.
func (r *Record) Number(name string) (Number, bool) {
	for _, n := range r.Numbers {
		if n.Name == name {
			return n, true
		}
	}
	return Number{}, false
}

// Verdict adds what must hold of a number that was added before. Of one with
// an interval all of the interval must: what the noise could have made is not
// shown, and where the noise could have made the opposite it is undecided.
func (r *Record) Verdict(name, number, rule string, limit float64) {
	v := Verdict{Name: name, Number: number, Rule: rule, Limit: limit}
	if n, ok := r.Number(number); ok {
		v.Holds, v.Undecided = n.keeps(rule, limit)
	}
	r.Verdicts = append(r.Verdicts, v)
}

// Deciding returns the first verdict, on which the claim stands, and its number.
func (r *Record) Deciding() (v Verdict, n Number, ok bool) {
	if len(r.Verdicts) == 0 {
		return v, n, false
	}
	v = r.Verdicts[0]
	n, ok = r.Number(v.Number)
	return v, n, ok
}

// decide puts the deciding number before the others.
func (r *Record) decide() {
	if len(r.Verdicts) == 0 {
		return
	}
	at := slices.IndexFunc(r.Numbers, func(n Number) bool { return n.Name == r.Verdicts[0].Number })
	if at > 0 {
		n := r.Numbers[at]
		r.Numbers = slices.Insert(slices.Delete(r.Numbers, at, at+1), 0, n)
	}
}

// keeps reports whether a number, with all of its interval, keeps a rule, and
// whether only some of the interval does. What was measured on a single sample has
// no interval, and may be anything.
func (n Number) keeps(rule string, limit float64) (all, some bool) {
	low, high := n.Value, n.Value
	switch {
	case n.Lo != nil && n.Hi != nil:
		low, high = min(low, *n.Lo), max(high, *n.Hi)
	case n.N > 0:
		return false, !math.IsNaN(n.Value)
	}
	switch rule {
	case "<=":
		all, some = high <= limit, low <= limit
	case "<":
		all, some = high < limit, low < limit
	case ">=":
		all, some = low >= limit, high >= limit
	case ">":
		all, some = low > limit, high > limit
	}
	return all, some && !all
}

// Chart adds a chart.
func (r *Record) Chart(kind string, data viz.Data) {
	if d, ok := data.(interface{ SetLanguage(string) }); ok {
		d.SetLanguage(r.Language)
	}
	r.Charts = append(r.Charts, Chart{kind, data})
}

// Table adds a table; its columns are keys of the lesson's words.
func (r *Record) Table(name string, columns []string, rows [][]Cell) {
	t := Table{Name: name, Title: r.Word(name), Rows: rows}
	for _, c := range columns {
		t.Columns = append(t.Columns, r.Word(c))
	}
	r.Tables = append(r.Tables, t)
}

// Word returns a text of the lesson's for tables and charts, with the numbers
// and facts that the record has by now.
func (r *Record) Word(key string) string {
	return r.words.Say(r.lesson.key("words."+key), r.values())
}

// values are what may stand in the places of texts: {name} a number, {name~} a
// number with its interval, {name#} how many samples it has, and the facts.
func (r *Record) values() words.Map {
	m := words.Map{}
	for name, text := range r.Facts {
		m[name] = text
	}
	for _, n := range r.Numbers {
		m[n.Name] = n.String()
		m[n.Name+"~"] = n.WithInterval()
		m[n.Name+"#"] = thousands(n.N)
	}
	return m
}

// say fills in the texts.
func (r *Record) say() {
	values := r.values()
	text := func(part string) string { return strings.TrimSpace(r.words.Say(r.lesson.key(part), values)) }
	maybe := func(part string) string {
		if !r.words.Has(r.lesson.key(part)) {
			return ""
		}
		return text(part)
	}
	r.Texts = Texts{
		Title: text("title"), Claim: text("claim"),
		Question: maybe("question"), Options: r.words.List(r.lesson.key("options"), values),
		Finding: text("finding"), Shows: text("shows"), Caveat: text("caveat"), Takeaway: text("takeaway"),
		Task: maybe("task"),
	}
	r.Holds = len(r.Verdicts) > 0
	for i := range r.Verdicts {
		r.Verdicts[i].Text = text("verdicts." + r.Verdicts[i].Name)
		r.Holds = r.Holds && r.Verdicts[i].Holds
	}
	if !r.Holds { // what the lesson shows was not seen here
		r.Texts.Shows = r.words.Say("explain.elsewhere", words.Map{"text": r.Texts.Shows})
	}
}
