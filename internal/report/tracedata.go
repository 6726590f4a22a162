package report

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"argen"
)

// A traceData is what the script of a page knows of a trace, in JSON.
type traceData struct {
	Steps []stepData `json:"steps"`
}

// A stepData is one step. All texts can be shown as they are; numbers have four
// digits.
type stepData struct {
	Head       string          `json:"head"`             // step, token
	Said       string          `json:"said"`             // its numbers in a sentence
	How        string          `json:"how"`              // how it was chosen
	Search     string          `json:"search,omitempty"` // what the search looked at, in lines
	Origin     string          `json:"origin,omitempty"` // where the model says that its probability comes from, in lines
	Candidates []candidateData `json:"candidates,omitempty"`
	Notes      []string        `json:"notes,omitempty"` // what became of candidates
	Rest       *restData       `json:"rest,omitempty"`
	Stages     []stageData     `json:"stages,omitempty"`
}

type candidateData struct {
	Token  string  `json:"token"`
	P      float64 `json:"p"`
	Q      float64 `json:"q"`                // after the chain
	Note   int     `json:"note,omitempty"`   // what became of it, from 1 among the notes of the step
	Chosen bool    `json:"chosen,omitempty"` // it is the token of the step
}

type restData struct {
	Label string  `json:"label"`
	P     float64 `json:"p"`
	Q     float64 `json:"q"`
}

type stageData struct {
	Name    string `json:"name"`
	Tokens  string `json:"tokens"`  // 686 → 9
	Removed string `json:"removed"` // the mass of them
	Entropy string `json:"entropy"` // 3.232 → 3.088
	Idle    bool   `json:"idle,omitempty"`
}

func (p *page) traceData(tr *argen.Trace, steps []argen.Step, file string) traceData {
	d := traceData{Steps: make([]stepData, len(steps))}
	for i := range steps {
		s := &steps[i]
		d.Steps[i] = stepData{
			Head: p.say("step", "t", strconv.Itoa(s.T), "last", strconv.Itoa(len(tr.Steps)-1), "token", piece(s.Token)),
			Said: p.say("step_said", "prob", figures4(s.Prob), "rank", strconv.Itoa(s.Rank), "surprisal", figures4(s.Surprisal), "entropy", figures4(s.Entropy)),
			How:  p.how(s, false),
		}
		if s.Choice != nil {
			_, lines, _ := strings.Cut(p.reason(s.Choice.String()), "\n")
			d.Steps[i].Search = argen.Printable(lines)
		}
		if s.Origin != nil {
			d.Steps[i].Origin = argen.Printable(s.Origin.String())
		}
		p.candidates(&d.Steps[i], s, file)
		for k := range s.Stages {
			g := &s.Stages[k]
			d.Steps[i].Stages = append(d.Steps[i].Stages, stageData{
				Name: stageName(g), Tokens: arrow(thousands(g.In), thousands(g.Kept)),
				Removed: figures4(g.MassRemoved), Entropy: arrow(figures4(g.EntropyIn), figures4(g.Entropy)),
				Idle: s.Idle(k) && !g.LastStanding,
			})
		}
	}
	return d
}

// candidates lists the best tokens of a step and the chosen one.
func (p *page) candidates(d *stepData, s *argen.Step, file string) {
	n := min(len(s.Top), p.thrift.candidates)
	rest := restData{P: s.Rest.Prob, Q: s.Rest.SampledProb}
	others := s.Rest.Tokens
	for i := range s.Top {
		t := &s.Top[i]
		if i >= n && t.ID != s.ID {
			p.left(p.say("left_candidates", "file", file, "shown", strconv.Itoa(n)))
			rest.P, rest.Q, others = rest.P+t.Prob, rest.Q+t.SampledProb, others+1
			continue
		}
		c := candidateData{Token: piece(t.Token), P: round4(t.Prob), Q: round4(t.SampledProb), Chosen: t.ID == s.ID}
		switch {
		case t.RemovedBy != "" && t.Why != "":
			c.Note = d.note(p.say("removed_why", "stage", visible(t.RemovedBy), "why", visible(p.reason(t.Why))))
		case t.RemovedBy != "":
			c.Note = d.note(p.say("removed_by", "stage", visible(t.RemovedBy)))
		}
		d.Candidates = append(d.Candidates, c)
	}
	if len(s.Top) > 0 && others > 0 {
		rest.Label, rest.P, rest.Q = p.say("others", "n", thousands(others)), round4(rest.P), round4(rest.Q)
		d.Rest = &rest
	}
}

// note returns the number of a note of the step. One stage gives many tokens the
// same.
func (d *stepData) note(text string) int {
	i := slices.Index(d.Notes, text)
	if i < 0 {
		i = len(d.Notes)
		d.Notes = append(d.Notes, text)
	}
	return i + 1
}

// stageName is a stage with its parameters: top_p 0.9.
func stageName(g *argen.Stage) string {
	var values map[string]any
	name := visible(g.Name)
	if json.Unmarshal(g.Params, &values) != nil {
		return name
	}
	var list []string
	for _, k := range slices.Sorted(maps.Keys(values)) {
		if x, ok := values[k].(float64); ok {
			list = append(list, visible(k)+" = "+figures4(x))
		}
	}
	if len(list) == 0 {
		return name
	}
	return name + " (" + strings.Join(list, ", ") + ")"
}

// arrow shows a number before and after.
func arrow(before, after string) string {
	if before == after {
		return after
	}
	return before + " → " + after
}
