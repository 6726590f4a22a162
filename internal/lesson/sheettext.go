package lesson

import (
	"fmt"
	"io"
	"strings"

	"argen"
	"argen/internal/words"
	"argen/viz/term"
)

// WriteText writes a worksheet as text to be filled in by hand or in an editor:
// a head that says what it was made from, then an exercise under each line that
// begins with ##, with a line for its answer. [ReadSheet] reads it. With key the
// answers stand there, and how one gets to them.
func (w *Worksheet) WriteText(out io.Writer, c *words.Catalogue, width int, key bool) error {
	say := func(name string, values words.Map) string { return c.Say("worksheet."+name, values) }
	var b strings.Builder
	title := "title"
	if key {
		title = "key"
	}
	fmt.Fprintf(&b, "# %s\n\n", say(title, nil))
	fmt.Fprintf(&b, "%s %d\nseed: %d\nmodel: %s\nlanguage: %s\nlessons: %s\ncheck: %s\n", sheetMark, w.Version, w.Seed, argen.Visible(w.Model), w.Language, strings.Join(w.Lessons, " "), w.Check)
	if !key {
		fmt.Fprintf(&b, "\n%s\n\n%s: \n", term.Wrap(say("how", nil), width), say("student", nil))
	}
	for i, e := range w.Exercises {
		fmt.Fprintf(&b, "\n## %d. %s\n\n", i+1, e.Title(c))
		b.WriteString(e.text(width))
		answer := ""
		if key {
			answer = e.Answer.String()
		}
		fmt.Fprintf(&b, "\n%s: %s\n", say("answer", nil), answer)
		if key {
			b.WriteString(indent(term.Wrap(argen.Printable(e.Solution), width-2)) + "\n")
		}
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// text is what an exercise asks as a sheet has it.
func (e *Exercise) text(width int) string {
	var b strings.Builder
	b.WriteString(indent(term.Wrap(argen.Printable(e.Question), width-2)) + "\n")
	for _, t := range e.Tables {
		b.WriteString("\n" + indent(t.text(width-2)))
	}
	if len(e.Options) > 0 {
		b.WriteByte('\n')
	}
	for k, o := range e.Options {
		b.WriteString(term.Hanging(fmt.Sprintf("  %c) ", 'a'+k), argen.Printable(o), width) + "\n")
	}
	return b.String()
}

// sheetMark begins the head of a worksheet, the version after it.
const sheetMark = "argen worksheet"

// indent sets each line of a text in by two blanks.
func indent(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) != "" {
			line = "  " + line
		}
		b.WriteString(line)
	}
	return b.String()
}
