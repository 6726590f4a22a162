package viz

import (
	"fmt"
	"math"
	"strings"
)

// check refuses what is no training.
func (d LearningData) check() error {
	const mostRecalls = 500
	switch n := len(d.Runs); {
	case n == 0:
		return fmt.Errorf("learning needs a training, there is none: train with --log FILE")
	case n > len(looks):
		return fmt.Errorf("learning draws at most %d trainings, there are %d: choose some", len(looks), n)
	}
	for i, r := range d.Runs {
		if len(r.Steps) == 0 {
			return fmt.Errorf("training %d has no steps: there is nothing to draw", i+1)
		}
		if r.Floor < 0 || r.Floor > 64 {
			return fmt.Errorf("training %d: the entropy %v is not 0 to 64 bits", i+1, r.Floor)
		}
		before := LearningStep{}
		kinds := map[string]bool{}
		for j := range r.Steps {
			s := &r.Steps[j]
			if s.Step <= before.Step || s.Tokens < before.Tokens {
				return fmt.Errorf("training %d: step %d of %d tokens comes after step %d of %d: steps and tokens must grow", i+1, s.Step, s.Tokens, before.Step, before.Tokens)
			}
			before = *s
			if s.Bits < 0 || s.Validation < 0 {
				return fmt.Errorf("training %d, step %d: a loss below 0", i+1, s.Step)
			}
			if !math.IsNaN(s.Flawless) && !share(s.Flawless) {
				return fmt.Errorf("training %d, step %d: flawless is %v, it must be from 0 to 1", i+1, s.Step, s.Flawless)
			}
			for _, c := range s.Recall {
				if !share(c.Prob) || c.Count < 0 {
					return fmt.Errorf("training %d, step %d: the recall of %s is %v of %d words, it must be from 0 to 1", i+1, s.Step, quoted(c.Kind), c.Prob, c.Count)
				}
				kinds[c.Kind] = true
			}
		}
		if len(kinds) > mostRecalls {
			return fmt.Errorf("training %d has %d kinds of recall, at most %d are drawn", i+1, len(kinds), mostRecalls)
		}
	}
	return nil
}

// many writes the number of steps or tokens at a tick.
func many(v float64) string {
	for _, unit := range []struct {
		of   float64
		name string
	}{{1e12, "trillion"}, {1e9, "billion"}, {1e6, "million"}} {
		if v >= unit.of*(1-1e-9) {
			return tick(v/unit.of) + " " + unit.name
		}
	}
	return tick(v)
}

// place writes a place on the x axis in a sentence.
func (k *learning) place(x float64) string {
	if len(k.runs) == 1 {
		return "step " + count(int(x))
	}
	return roughly(x) + " tokens"
}

// roughly writes a large number with three digits.
func roughly(x float64) string {
	if x < 1e6 {
		return count(int(x))
	}
	unit := math.Pow(10, math.Floor(math.Log10(x))-2)
	return many(math.Round(x/unit) * unit)
}

// A heldOut is how the loss on what is held out went.
type heldOut struct {
	first, last, best float64
	at                int // the step of the best
}

// measured sums up the measurements of a run; ok says whether there is one.
func measured(r *LearningRun) (h heldOut, ok bool) {
	for i := range r.Steps {
		s := &r.Steps[i]
		if !finite(s.Validation) {
			continue
		}
		if !ok {
			h.first = s.Validation
		}
		if !ok || s.Validation < h.best {
			h.best, h.at = s.Validation, s.Step
		}
		h.last, ok = s.Validation, true
	}
	return h, ok
}

// excess says how far a loss is above its floor, "" if that is not known.
func excess(bits, floor float64) string {
	switch over := bits / floor; {
	case !known(floor) || over < 1:
		return ""
	case over >= 2:
		return short(over) + " times its floor"
	default:
		return fmt.Sprintf("%.1f %% above its floor", 100*(over-1))
	}
}

// thousandths writes a probability with three decimals.
func thousandths(p float64) string {
	switch {
	case p > 0 && p < .001:
		return "<0.001"
	case p > .999 && p < 1:
		return ">0.999"
	}
	return fmt.Sprintf("%.3f", p)
}

// title says what the curves show.
func (k *learning) title() string {
	r := &k.runs[0]
	h, ok := measured(r)
	switch {
	case len(k.runs) > 1:
		return k.titleOfMany()
	case r.judged():
		return k.titleOfVerdicts()
	case !ok:
		return "How the loss changes with every batch"
	case h.last > h.best*1.02:
		return fmt.Sprintf("Held-out loss is least at step %s, then it rises", count(h.at))
	}
	verb := "falls to"
	if h.last >= h.first {
		verb = "is"
	}
	s := fmt.Sprintf("Held-out loss %s %s bits per token", verb, short(h.last))
	if e := excess(h.last, k.floor); e != "" {
		s += ", " + e
	}
	return s
}

// titleOfVerdicts says what verdicts changed.
func (k *learning) titleOfVerdicts() string {
	const some = 10 // steps: that of one is chance
	all := k.curve(k.runs[0].Steps, flawless).y
	percent := func(list []float64) string {
		sum := 0.0
		for _, x := range list {
			sum += x
		}
		return fmt.Sprintf("%.0f %%", 100*sum/float64(len(list)))
	}
	n := min(some, len(all))
	return "Verdicts on whole stories: " + percent(all[:n]) + " flawless at first, " + percent(all[len(all)-n:]) + " at last"
}

// judged reports whether a run learns from verdicts.
func (r *LearningRun) judged() bool {
	for i := range r.Steps {
		if !math.IsNaN(r.Steps[i].Flawless) {
			return true
		}
	}
	return false
}

// titleOfMany names the run that ends with the least loss on what is held out,
// if that can be compared.
func (k *learning) titleOfMany() string {
	plain := count(len(k.runs)) + " trainings compared"
	least, at, alike := math.Inf(1), 0, false
	for i := range k.runs {
		h, ok := measured(&k.runs[i])
		if !ok || known(k.runs[i].Floor) && math.IsNaN(k.floor) {
			return plain
		}
		switch same := short(h.last) == short(least); {
		case h.last < least:
			least, at, alike = h.last, i, same
		case same:
			alike = true
		}
	}
	if alike {
		return plain
	}
	return fmt.Sprintf("%s ends lowest: %s bits per token on what is held out", fit(k.name(at), face(titleSize, true), 240, false), short(least))
}

// subtitle says how much was learned from.
func (k *learning) subtitle() string {
	if len(k.runs) > 1 {
		return "By the tokens that they learned from, " + roughly(k.last) + " at most"
	}
	r := &k.runs[0]
	last := &r.Steps[len(r.Steps)-1]
	s := some(last.Step, "step")
	if last.Tokens > 0 {
		s += ", " + roughly(float64(last.Tokens)) + " tokens"
	}
	if first := r.Steps[0].Step; first > 1 {
		s += ", from step " + count(first) + " on"
	}
	if r.Name != "" {
		s = k.name(0) + ": " + s
	}
	return s
}

// caption says how to read the panels.
func (k *learning) caption() string {
	s := "Loss: −log₂ P of a token, on the average."
	pale, held := false, false
	for _, c := range k.losses.curves {
		pale, held = pale || c.pale, held || !c.pale
	}
	switch {
	case pale:
		s += " Pale: batches, before each step, smoothed. Strong: held-out text."
	case !k.runs[0].judged():
		s += " Batches: of what was learned from, before each step, smoothed."
	case held:
		s += " Of texts that are held out: what is learned from has verdicts, no loss."
	default:
		s = "Flawless: every word of the story could stand where it stands; smoothed."
	}
	if odd := k.odd(); odd > 0 {
		s += " At " + some(odd, "step") + " the loss is no finite number."
	}
	if k.asked() {
		s += " Recall is a mean over words."
		if n := k.recalls.others(); n > 0 {
			s += fmt.Sprintf(" Named: the %d kinds learned last and the most frequent others.", lateKinds)
		}
	}
	if len(k.runs) > 1 && math.IsNaN(k.floor) {
		s += " Losses can be compared where texts and tokens are the same."
	}
	return s
}

// asked reports whether recall was measured.
func (k *learning) asked() bool {
	for _, s := range k.all() {
		if len(s.Recall) > 0 {
			return true
		}
	}
	return false
}

// odd is at how many steps a loss has no place on an axis.
func (k *learning) odd() int {
	n := 0
	for _, s := range k.all() {
		if math.Abs(s.Bits) > 1e12 || math.Abs(s.Validation) > 1e12 {
			n++
		}
	}
	return n
}

// sure is the recall from which on a kind is learned, in words.
const sure = .9

func (k *learning) alt() string {
	var b strings.Builder
	b.WriteString([]string{"Chart over the steps of a training. ", "Chart over the tokens that trainings learned from. "}[min(len(k.runs)-1, 1)])
	for i := range k.runs {
		if len(k.runs) > 1 {
			b.WriteString(k.name(i) + ": ")
		}
		k.altLoss(&b, &k.runs[i])
	}
	if k.recalls.plot == nil {
		return strings.TrimSpace(b.String())
	}
	b.WriteString(capital(k.recalls.heading) + ". ")
	least, most := 1.0, 0.0
	for i := range k.recalls.curves {
		c := &k.recalls.curves[i]
		if c.other {
			least, most = min(least, c.end()), max(most, c.end())
			continue
		}
		fmt.Fprintf(&b, "%s: %s", c.name, thousandths(c.y[0]))
		if len(c.x) > 1 {
			fmt.Fprintf(&b, " at %s, %s at the end", k.place(c.x[0]), thousandths(c.end()))
		}
		b.WriteString(k.when(c) + ". ")
	}
	if n := k.recalls.others(); n > 0 {
		fmt.Fprintf(&b, "%s: %s to %s at the end.", some(n, "other kind"), thousandths(least), thousandths(most))
	}
	return strings.TrimSpace(b.String())
}

// altLoss says how the loss of a run went.
func (k *learning) altLoss(b *strings.Builder, r *LearningRun) {
	learned := k.curve(r.Steps, batches)
	if n := len(learned.x); n > 0 {
		thin := learned.thinned(k.first, k.last, smoothPoints)
		fmt.Fprintf(b, "Loss of the batches from %s to %s bits per token. ", short(thin.y[0]), short(thin.end()))
	}
	if h, ok := measured(r); ok {
		held := k.curve(r.Steps, validation)
		b.WriteString("Loss on what is held out: ")
		const most = 12
		said := -1
		for i := range held.x {
			// As far apart as on the axis, the last one always.
			if part := int(most * math.Log(held.x[i]/k.first) / math.Log(max(k.last, k.first*1.1)/k.first)); part == said && i < len(held.x)-1 {
				continue
			} else if said >= 0 {
				b.WriteString("; ")
				said = part
			} else {
				said = max(part, 0)
			}
			fmt.Fprintf(b, "%s at %s", short(held.y[i]), k.place(held.x[i]))
		}
		fmt.Fprintf(b, "; least %s at step %s. ", short(h.best), count(h.at))
		if known(r.Floor) {
			fmt.Fprintf(b, "The floor, the entropy of the text, is %s bits per token", short(r.Floor))
			if e := excess(h.last, r.Floor); e != "" {
				fmt.Fprintf(b, "; the last loss is %s", e)
			}
			b.WriteString(". ")
		}
	}
}

// when says from where on a curve stays at 0.9 or more.
func (k *learning) when(l *learningCurve) string {
	at := -1
	for i, y := range l.y {
		switch {
		case y < sure:
			at = -1
		case at < 0:
			at = i
		}
	}
	if at <= 0 {
		return ""
	}
	return ", 0.9 or more from " + k.place(l.x[at]) + " on"
}

// capital begins a sentence.
func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
