package main

import (
	"context"
	"errors"
	"strings"
	"testing"
)

// TestOneLine: an error is one line, says nothing twice, and has an end.
func TestOneLine(t *testing.T) {
	full := errors.New("cannot write the log: a.jsonl: no space left on device")
	for want, err := range map[string]error{
		"argen: " + full.Error() + "\n":                  errors.Join(full, full), // by a step, and by the end after it
		"argen: one; two\n":                              errors.New("one\n\n  two\n"),
		"argen: \\x1b[31mred\n":                          errors.New("\x1b[31mred"),
		"argen: " + strings.Repeat("x", longest) + "…\n": errors.New(strings.Repeat("x", longest+1)),
	} {
		var stderr strings.Builder
		a := newApp(strings.NewReader(""), &strings.Builder{}, &stderr, func(string) string { return "" })
		if code := a.exit(context.Background(), err); code != exitFailed || stderr.String() != want {
			t.Errorf("code %d, %.200q, want %.200q", code, stderr.String(), want)
		}
	}
}
