package term

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"argen"
)

// removed says what removed a token, and why where there is room for it.
func (p *Plain) removed(t *argen.TopToken, room int) string {
	if t.RemovedBy == "" {
		return ""
	}
	by := ", removed by " + argen.Visible(t.RemovedBy)
	if t.Why == "" {
		return by
	}
	if why := by + ", " + p.plain(argen.Visible(t.Why)); ansi.StringWidth(why) <= room {
		return why
	}
	return by
}

// stages says what each stage has done: tokens before and after it, the mass of
// those it removed, the uncertainty before and after.
func (p *Plain) stages(s *argen.Step) {
	var idle []string
	for i := range s.Stages {
		g := &s.Stages[i]
		if s.Idle(i) && !g.LastStanding {
			idle = append(idle, argen.Visible(g.Name))
			continue
		}
		did := count(g.Kept, "token")
		if g.Kept != g.In {
			did = fmt.Sprintf("%s → %s, removes P = %s", thousands(g.In), did, p.prob(g.MassRemoved))
		}
		if g.LastStanding {
			did += ", the last one stays"
		}
		bits := p.bits(g.Entropy)
		if before := p.number(g.EntropyIn); before != p.number(g.Entropy) {
			bits = before + " → " + bits
		}
		p.paragraph("  ", fmt.Sprintf("Stage %s: %s; %s.", argen.Visible(g.Name), did, bits))
	}
	switch {
	case len(idle) == 0 || s.Stages[0].In == 1: // nothing can have one
	case len(s.Stages) == 1 && idle[0] == "temperature": // the chain that nobody asked for
	default:
		p.paragraph("  ", "Without effect here: "+strings.Join(idle, ", ")+".")
	}
}

// why says why a token was not drawn: what each stage made of its probability,
// and which removed it.
func (p *Plain) why(s *argen.Step, id argen.ID) {
	i := slices.IndexFunc(s.Top, func(t argen.TopToken) bool { return t.ID == id })
	if i < 0 {
		return
	}
	t := &s.Top[i]
	what := fmt.Sprintf("P = %s, rank %d", p.prob(t.Prob), t.Rank)
	path := s.Path(t)
	for k, q := range path[1:] {
		if k < len(s.Stages) && p.prob(q) != p.prob(path[k]) {
			what += fmt.Sprintf(", %s after %s", p.prob(q), argen.Visible(s.Stages[k].Name))
		}
	}
	kept := ""
	switch n := len(s.Stages); {
	case n == 1:
		kept = "kept by " + argen.Visible(s.Stages[0].Name) + ", "
	case n > 1:
		kept = fmt.Sprintf("kept by all %d stages, ", n)
	}
	switch {
	case id == s.ID:
		what += ": it was chosen"
	case t.Prob == 0 && math.IsInf(t.Logit, -1):
		what = "the model gives it no chance, P = 0"
	case t.RemovedBy != "":
		what += ": removed by " + argen.Visible(t.RemovedBy)
		if t.Why != "" {
			what += ", since " + argen.Visible(t.Why)
		}
	case s.Forced:
		what += ": " + kept + "another token was given"
	case s.Gumbel:
		what += ": " + kept + "another had the larger ln P + noise"
	default:
		what += ": " + kept + "the dice fell elsewhere"
	}
	p.paragraph("  ", fmt.Sprintf("Why not %s? %s.", p.quote(t.Token, 30), upper(what)))
}

// upper makes the first letter a capital.
func upper(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
