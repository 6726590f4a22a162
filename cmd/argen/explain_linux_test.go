package main

import (
	"strings"
	"testing"
)

// TestCourse: on a terminal the course asks before it reveals, takes answers that
// do not parse again, goes on with Enter, and ends by q, Ctrl-C or the end of the
// input.
func TestCourse(t *testing.T) {
	for name, end := range map[string]struct {
		keys string
		code int
	}{
		"q":      {"q\r", 0},
		"Ctrl-C": {"\x03", 130},
		"Ctrl-D": {"\x04", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := onTerminal(t, "", "explain")
			x.wait("Enter for the first, q for the end: ")
			x.types("chain-rul\r")
			x.wait("Did you mean chain-rule?")
			x.types("2\r")
			x.wait("or Enter to go on without an answer: ")
			if seen := x.seen(); strings.Contains(seen, "The answer") || strings.Contains(seen, "What was measured") {
				t.Errorf("the result stands before the question: %q", seen)
			}
			x.types("7\r")
			x.wait("“7” is none of the answers")
			x.types("B\r")
			x.wait("You said b, and that is right: ")
			x.wait("Enter: Tokens and bytes.")
			if !strings.Contains(x.seen(), "\x1b[1m") {
				t.Error("no head is bold")
			}
			x.types(end.keys)
			if got := x.ends(); got != end.code {
				t.Errorf("exit code %d, want %d", got, end.code)
			}
		})
	}
}

// TestQuizOnTerminal: the quiz asks until the answer is one, then offers the
// others; a dumb terminal gets no sequence and no drawing.
func TestQuizOnTerminal(t *testing.T) {
	t.Parallel()
	x := onTerminal(t, "TERM=dumb", "explain", "quiz")
	x.wait("Your answer, a, b, c, d, or q for the end: ")
	x.types("e\r")
	x.wait("“e” is none of the answers")
	x.types("a\r")
	x.wait("Right: this is what the word names.")
	x.wait("Another answer, b, c, d, or Enter for the end: ")
	x.types("\r")
	x.wait("claims hold on this run.")
	if got := x.ends(); got != 0 {
		t.Errorf("exit code %d", got)
	}
	if seen := x.seen(); strings.ContainsAny(seen, "\x1b●█") {
		t.Errorf("sequences or drawings on a dumb terminal: %q", seen)
	}
	y := onTerminal(t, "", "explain", "quiz")
	y.wait("Your answer, a, b, c, d, or q for the end: ")
	y.types("\x03")
	if got := y.ends(); got != 130 {
		t.Errorf("Ctrl-C: exit code %d", got)
	}
}

// TestLeft: whoever leaves the quiz or a lesson before an answer has made no mistake.
func TestLeft(t *testing.T) {
	for name, end := range map[string]struct {
		keys string
		code int
	}{
		"q":           {"q\r", 0},
		"Enter and q": {"\rq\r", 0},
		"Ctrl-D":      {"\x04", 0},
		"Ctrl-C":      {"\x03", 130},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := onTerminal(t, "", "explain", "quiz")
			x.wait("or q for the end: ")
			x.types(end.keys)
			if got := x.ends(); got != end.code || strings.Contains(x.seen(), "argen: quiz") || strings.Contains(x.seen(), "“”") {
				t.Errorf("exit code %d, want %d: %q", got, end.code, x.seen())
			}
			y := onTerminal(t, "", "explain", "chain-rule")
			y.wait("or Enter to go on without an answer: ")
			y.types(strings.TrimPrefix(end.keys, "\r"))
			if got := y.ends(); got != end.code || strings.Contains(y.seen(), "argen: left") {
				t.Errorf("a lesson: exit code %d, want %d: %q", got, end.code, y.seen())
			}
		})
	}
}
