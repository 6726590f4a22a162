package lesson

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"argen/internal/words"
)

// TestGroups: groups have names in every language, and lessons a name of their own.
func TestGroups(t *testing.T) {
	seen := map[string]bool{}
	for _, g := range Groups {
		for _, language := range words.Languages {
			if c, err := words.In(language); err != nil || !c.Has("explain.groups."+g.Name) {
				t.Errorf("%s has no name for the group %s: %v", language, g.Name, err)
			}
		}
	}
	for _, l := range append(slices.Clone(Course), Quiz...) {
		if found, ok := Lookup(l.Name); seen[l.Name] || !ok || found != l {
			t.Errorf("the name %s is there twice, or is not found", l.Name)
		}
		seen[l.Name] = true
	}
}

// TestView: a page has all texts of its lesson, in lines that fit, and shows what
// a terminal acts on instead of passing it on.
func TestView(t *testing.T) {
	for _, language := range words.Languages {
		lab := newLab(t, "story", language)
		r, err := chainRule.Do(t.Context(), lab)
		if err != nil {
			t.Fatal(err)
		}
		r.Texts.Finding += " \x1b[31m\u202e"
		r.Verdicts = append(r.Verdicts, Verdict{Name: "pass", Number: "bits", Rule: "<", Limit: 0, Text: "This fails."})
		for _, v := range []View{{Width: 60}, {Width: 80}, {Width: 120, Head: strings.ToUpper}, {Width: 80, ASCII: true}, {Width: 80, Plain: true}} {
			v.Words = lab.Words
			var b bytes.Buffer
			if err := v.Ask(&b, chainRule, lab); err != nil {
				t.Fatal(err)
			}
			if err := v.Tell(&b, r, 0); err != nil {
				t.Fatal(err)
			}
			text := b.String()
			if strings.ContainsAny(text, "⟨⟩\x1b\u202e") {
				t.Errorf("a text is missing, or acts on a terminal: %q", text)
			}
			for line := range strings.Lines(text) {
				if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > v.Width {
					t.Errorf("%d columns, not %d: %s", n, v.Width, line)
				}
			}
			if strings.Contains(text, "\n\n\n") {
				t.Errorf("two empty lines: %q", text)
			}
			if head := lab.Words.Say("explain.takeaway", nil); v.Head != nil {
				if head = strings.ToUpper(head); strings.Contains(text, strings.ToUpper(r.Texts.Takeaway)) {
					t.Errorf("%s, %d columns: what is no head looks like one", language, v.Width)
				}
				if !strings.Contains(text, "\n\n"+head+"\n") {
					t.Errorf("%s, %d columns: no head %q behind an empty line", language, v.Width, head)
				}
			}
			flat := strings.ToLower(strings.Join(strings.Fields(text), " "))
			for _, part := range append([]string{r.Texts.Title, r.Texts.Claim, r.Texts.Question, r.Texts.Shows, r.Texts.Caveat, r.Texts.Takeaway, r.Texts.Task, "This fails."}, r.Texts.Options...) {
				if !strings.Contains(flat, strings.ToLower(strings.Join(strings.Fields(part), " "))) {
					t.Errorf("%s, %d columns: the page lacks %q", language, v.Width, part)
				}
			}
			if language == "de" && strings.Contains(text, "must be") {
				t.Error("English in the German page")
			}
		}
		for given, key := range map[int]string{-1: "unasked", 0: "wrong", r.Answer: "right"} {
			var b bytes.Buffer
			v := View{Words: lab.Words, Width: 200}
			if err := v.Tell(&b, r, given); err != nil {
				t.Fatal(err)
			}
			want := v.say(key, words.Map{"right": letter(r.Answer), "given": letter(max(given, 0)), "text": r.Texts.Options[r.Answer]})
			if !strings.Contains(b.String(), want) {
				t.Errorf("answer %d: no %q", given, want)
			}
		}
	}
}

func TestReadOption(t *testing.T) {
	for given, want := range map[string]int{"a": 0, " B) ": 1, "3": 2, "(c)": 2, "d": -1, "4": -1, "0": -1, "": -1, "ab": -1, "a b": -1} {
		if i, ok := ReadOption(given, 3); ok != (want >= 0) || ok && i != want {
			t.Errorf("%q is %d, %v", given, i, ok)
		}
	}
}

// TestList: every lesson stands under its group with its number in the course, and
// those of the quiz without one, all names and titles below each other.
func TestList(t *testing.T) {
	c, err := words.In("en")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := (View{Words: c, Width: 200}).List(&b); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	at, n := 0, 0
	next := func(want string) {
		t.Helper()
		for at < len(lines) && lines[at] == "" {
			at++
		}
		if at == len(lines) || lines[at] != want {
			t.Fatalf("line %d is %q, want %q", at+1, lines[min(at, len(lines)-1)], want)
		}
		at++
	}
	wide := len("quiz-supervision") // the longest name
	row := func(number, name, title string) { next(fmt.Sprintf("%4s  %-*s  %s", number, wide, name, title)) }
	for _, g := range Groups {
		next(c.Say("explain.groups."+g.Name, nil))
		for _, l := range g.Lessons {
			n++
			row(strconv.Itoa(n), l.Name, c.Say(l.key("title"), nil))
		}
	}
	next(c.Say("explain.groups.quiz", nil))
	row("", "quiz", c.Say("explain.quiz", nil))
	for _, l := range Quiz {
		row("", l.Name, c.Say(l.key("title"), nil))
	}
	if n != len(Course) || at != len(lines) {
		t.Errorf("%d lessons of %d, %d lines of %d", n, len(Course), at, len(lines))
	}
}
