package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"argen"
	"argen/viz/term"
)

// A counterfactual is a text as it was written, and as it would have been if
// some of its tokens were others: with the same dice, and with new ones.
//
// Places are compared by t. Those that count are the tokens of the original
// after the first edit that were not edited themselves; a text that is shorter
// has another token there, none.
type counterfactual struct {
	Seed  uint64   `json:"seed"`
	Chain string   `json:"chain"`
	Edits []edited `json:"edits"`
	Later int      `json:"later"` // places that count

	Original generated `json:"original"`
	Edited   generated `json:"edited"`
	Redrawn  generated `json:"redrawn"` // edited too, the dice of another seed after the first edit

	Changed        []int   `json:"changed"`         // places where Edited has another token
	ChangedRedrawn []int   `json:"changed_redrawn"` // where Redrawn has
	ShareSameDice  *number `json:"share_same_dice"` // of the places that count; null if there are none
	ShareNewDice   *number `json:"share_new_dice"`

	steps [3][]argen.Step // of the three texts
	head  argen.Header
}

// edited is a token put in place of another.
type edited struct {
	T     int      `json:"t"`
	ID    argen.ID `json:"id"`
	Token string   `json:"token"`
	Was   string   `json:"was"` // the token of the original
}

// newDice is added to a seed for dice that have nothing to do with it, and are
// not those of a seed near it, which somebody may compare with too.
const newDice = 1_000_000

// counterfactual writes a text, and twice more with the tokens of --edit in it.
func (a *app) counterfactual(ctx context.Context, s *stepping, prompt text, gen argen.Generator) error {
	c := counterfactual{Seed: gen.Seed, Changed: []int{}, ChangedRedrawn: []int{}}
	if s.log == "" {
		gen.Top = 0
	}
	original, err := a.alternative(ctx, s, prompt, gen, s.forced, &c.Original)
	if err != nil {
		return err
	}
	c.steps[0], c.head, c.Chain = original.Steps, original.Head, original.Head.Chain
	at := slices.Sorted(maps.Keys(s.edits))
	if at[0] >= len(original.Steps) {
		return fmt.Errorf("--edit %d=%s: the text has %s only", at[0], s.piece(s.edits[at[0]]), count(len(original.Steps), "step"))
	}
	for _, t := range at[1:] {
		if t >= len(original.Steps) {
			a.hint("--edit %d=%s: the text has %s only", t, s.piece(s.edits[t]), count(len(original.Steps), "step"))
		}
	}
	given := maps.Clone(s.forced)
	maps.Copy(given, s.edits)
	trace, err := a.alternative(ctx, s, prompt, gen, given, &c.Edited)
	if err != nil {
		return err
	}
	c.steps[1] = trace.Steps
	gen.Seed += newDice
	for t := range at[0] { // as in the original up to the edit
		given[t] = original.Steps[t].ID
	}
	if trace, err = a.alternative(ctx, s, prompt, gen, given, &c.Redrawn); err != nil {
		return err
	}
	c.steps[2] = trace.Steps
	c.compare(s, at)
	if s.json {
		return a.printJSON(c)
	}
	_, err = a.stdout.Write([]byte(c.text(s.ascii)))
	return err
}

// alternative writes a text in which some tokens are given.
func (a *app) alternative(ctx context.Context, s *stepping, prompt text, gen argen.Generator, given map[int]argen.ID, answer *generated) (*argen.Trace, error) {
	last := &lastWord{}
	gen.Sinks = append(slices.Clip(gen.Sinks), last)
	r, err := prompt.start(gen)
	if err != nil {
		return nil, err
	}
	err = a.follow(ctx, r, &s.stop, func(ctx context.Context) error {
		id, ok := given[len(r.Trace().Steps)]
		if !ok {
			_, err := r.Next(ctx)
			return err
		}
		if _, err := r.Predict(ctx); err != nil {
			return err
		}
		_, err := r.Force(id)
		return err
	}, func() bool { return false })
	*answer = *newGenerated(r, last.end)
	return r.Trace(), err
}

// compare says where the texts differ.
func (c *counterfactual) compare(s *stepping, at []int) {
	for _, t := range at {
		if t >= len(c.steps[0]) {
			break
		}
		c.Edits = append(c.Edits, edited{t, s.edits[t], s.piece(s.edits[t]), s.piece(c.steps[0][t].ID)})
	}
	for t := at[0] + 1; t < len(c.steps[0]); t++ {
		if _, is := s.edits[t]; is {
			continue
		}
		c.Later++
		if c.differs(1, t) {
			c.Changed = append(c.Changed, t)
		}
		if c.differs(2, t) {
			c.ChangedRedrawn = append(c.ChangedRedrawn, t)
		}
	}
	if c.Later > 0 {
		same, fresh := number(len(c.Changed))/number(c.Later), number(len(c.ChangedRedrawn))/number(c.Later)
		c.ShareSameDice, c.ShareNewDice = &same, &fresh
	}
}

// differs reports whether a text has another token than the original at t, or
// one has none.
func (c *counterfactual) differs(of, t int) bool {
	one, other := c.steps[0], c.steps[of]
	if t >= len(one) || t >= len(other) {
		return true
	}
	return one[t].ID != other[t].ID
}

// names of the three texts.
var namesOfTexts = [3]string{"original", "same dice", "new dice"}

// text shows the texts, where they differ, and how much of them.
func (c *counterfactual) text(ascii bool) string {
	var b strings.Builder
	say := func(format string, args ...any) {
		text := term.Wrap(strings.ReplaceAll(fmt.Sprintf(format, args...), " %", "\x00%"), 76) // not before a %
		b.WriteString(strings.ReplaceAll(text, "\n", "\n    ") + "\n")
	}
	say("Model %s, chain %s, seed %d. The dice belong to seed, step and token.", argen.Visible(c.head.Model.Title()), argen.VisibleChain(c.Chain), c.Seed)
	say("Prompt: %s", quotedPrompt(c.head.PromptText))
	for _, e := range c.Edits {
		say("Edit: at step %d “%s” instead of “%s”.", e.T, trimmedToken(e.Token), trimmedToken(e.Was))
	}
	for i, g := range []*generated{&c.Original, &c.Edited, &c.Redrawn} {
		b.WriteByte('\n')
		what := []string{"Original", "Edited, the same dice", fmt.Sprintf("Edited, new dice (those of seed %d)", c.Seed+newDice)}[i]
		say("%s: %s", what, argen.Visible(g.Text))
	}
	b.WriteByte('\n')
	say("Token by token, in brackets where it is not that of the original:")
	b.WriteByte('\n')
	c.aligned(&b)
	b.WriteByte('\n')
	say("%s", c.verdict())
	if ascii {
		return plainQuotes.Replace(b.String())
	}
	return b.String()
}

// quotedPrompt is the end of a prompt.
func quotedPrompt(text string) string {
	if text == "" {
		return "empty."
	}
	shown := argen.Visible(text)
	if n := ansi.StringWidth(shown); n > 60 {
		shown = ansi.TruncateLeft(shown, n-60, "…")
	}
	return "“" + shown + "”."
}

// aligned writes the tokens of the three texts under each other, from a few
// before the first edit. A token that is not that of the original is in
// brackets.
func (c *counterfactual) aligned(b *strings.Builder) {
	const columns, label, before = 80, 9, 3
	most := 0
	for _, steps := range c.steps {
		most = max(most, len(steps))
	}
	var lines [4]string
	flush := func() {
		for _, line := range lines {
			b.WriteString(strings.TrimRight(line, " ") + "\n")
		}
	}
	begin := func() {
		lines = [4]string{pad("step", label), pad(namesOfTexts[0], label), pad(namesOfTexts[1], label), pad(namesOfTexts[2], label)}
	}
	begin()
	for t := max(c.Edits[0].T-before, 0); t < most; t++ {
		cells := [4]string{strconv.Itoa(t)}
		wide := len(cells[0])
		for i, steps := range c.steps {
			cell := "-"
			if t < len(steps) {
				cell = ansi.Truncate(bareToken(steps[t].Token), 20, "…")
			}
			if i > 0 && c.differs(i, t) {
				cell = "[" + cell + "]"
			}
			cells[i+1] = cell
			wide = max(wide, ansi.StringWidth(cell))
		}
		if ansi.StringWidth(lines[0])+2+wide > columns {
			flush()
			b.WriteByte('\n')
			begin()
		}
		for i := range lines {
			lines[i] += "  " + pad(cells[i], wide)
		}
	}
	flush()
}

// verdict is what the comparison comes to.
func (c *counterfactual) verdict() string {
	edit := "The edit"
	if len(c.Edits) > 1 {
		edit = "The edits"
	}
	if c.Later == 0 {
		return edit + " stands at the end of the text: there is no later token to change."
	}
	verb := "changes"
	if len(c.Edits) > 1 {
		verb = "change"
	}
	return fmt.Sprintf("%s %s %d of %s (%.0f %%) with the same dice, and %d (%.0f %%) with new dice.",
		edit, verb, len(c.Changed), count(c.Later, "later token"), 100*float64(*c.ShareSameDice),
		len(c.ChangedRedrawn), 100*float64(*c.ShareNewDice))
}
